import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import type { SshRunnerOptions } from "./ssh-host.ts";

const SSHD = "/usr/sbin/sshd";

/** True where an sshd can be tried, or has to be there. */
export const hasSshd = existsSync(SSHD) || process.env.STOA_PEERS === "required";

/** A real sshd at a loopback port of its own, which lets this account in with a key of its own. */
export interface TestSshd {
  readonly options: Omit<SshRunnerOptions, "log">;
  /** Connections that it has accepted, by its log. */
  accepted(): number;
  /** Those that it has now. */
  connections(): number;
  start(): Promise<void>;
  /** Ends it; its connections go on. */
  stop(): Promise<void>;
  /** Kills the processes that keep its connections. */
  cut(): void;
  /** Gives it another host key: takes effect when it starts again. */
  changeHostKey(): void;
  close(): Promise<void>;
}

/**
 * @param lines more of its configuration
 * @param startUp what bash runs before each command; another shell takes no notice
 */
export async function startTestSshd(lines: readonly string[] = [], startUp = ""): Promise<TestSshd> {
  const directory = mkdtempSync(path.join(tmpdir(), "stoa-sshd-"));
  const at = (name: string) => path.join(directory, name);
  const makeKey = (name: string) => {
    rmSync(at(name), { force: true });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", at(name)]);
    return readFileSync(at(`${name}.pub`), "utf8").trim();
  };
  const hostKey = makeKey("host");
  writeFileSync(at("authorized"), `${makeKey("key")}\n`);
  const port = await freePort();
  const settings = [
    ...[`ListenAddress 127.0.0.1`, `Port ${port}`, `HostKey ${at("host")}`, `AuthorizedKeysFile ${at("authorized")}`],
    ...["PidFile none", "StrictModes no", "UsePAM no", "PasswordAuthentication no", "PermitRootLogin yes"],
    // The start-up files of the account that tests are its own affair: they may take a second, or wait for a lock.
    `SetEnv HOME=${directory}`,
    ...["LogLevel VERBOSE", ...lines],
  ];
  writeFileSync(at(".bashrc"), startUp);
  writeFileSync(at("config"), `${settings.join("\n")}\n`);
  // Debian's sshd wants it, as root.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  let log = "";
  let daemon: ReturnType<typeof spawn> | null = null;

  const sshd: TestSshd = {
    options: {
      target: `${userInfo().username}@127.0.0.1:${port}`,
      keyFile: at("key"),
      hostKey,
      stateDir: at("state"),
    },
    accepted: () => log.split("Accepted publickey").length - 1,
    connections: () => childrenOf(daemon?.pid ?? 0).length,
    async start() {
      const child = spawn(SSHD, ["-D", "-e", "-f", at("config")], { stdio: ["ignore", "ignore", "pipe"] });
      daemon = child;
      await new Promise<void>((resolve, reject) => {
        child.stderr.on("data", (part: Buffer) => {
          log += part.toString("utf8");
          if (log.includes("Server listening on")) resolve();
        });
        child.once("error", reject);
        child.once("exit", () => reject(new Error(`sshd ended: ${log}`)));
      });
    },
    async stop() {
      const child = daemon;
      daemon = null;
      log = log.replaceAll("Server listening on", "");
      if (child === null || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
    cut() {
      for (const pid of childrenOf(daemon?.pid ?? 0)) {
        try {
          process.kill(pid, "SIGKILL");
        } catch (error) {
          // It ended by itself between the listing and this.
          if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
        }
      }
    },
    changeHostKey: () => void makeKey("host"),
    async close() {
      sshd.cut();
      await sshd.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await sshd.start();
  return sshd;
}

function childrenOf(pid: number): number[] {
  if (pid === 0) return [];
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return listed.trim().split(" ").filter(Boolean).map(Number);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
