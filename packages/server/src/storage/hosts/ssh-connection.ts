import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backEndProblem } from "../back-end-problems.ts";
import { SYSTEM_PATH } from "./command.ts";
import { HostUnreachable } from "./contract.ts";
import { type SshTarget, sshOptions } from "./ssh-options.ts";

const READY_MS = 45_000;
const SAID_BYTES = 4096;
/** Of a socket's path, less what ssh puts behind it while it makes one. */
const LONGEST_SOCKET = 107 - 18;

/**
 * Says that sessions can be had, and keeps one open: when we end, however that is, its input ends, it does, and so
 * does the connection. `exec` and quotes are the same for every login shell.
 */
const READY = "stoa is in\n";
const KEEP = "exec /bin/sh -c 'echo stoa is in; exec cat >/dev/null'";

export interface SshConnection {
  /** For a session by it; without it they fail, and never make a connection of their own. */
  readonly args: readonly string[];
  readonly isLost: () => boolean;
  close(): Promise<void>;
}

export interface SshPlace {
  readonly target: SshTarget;
  /** As written, for messages. */
  readonly name: string;
  readonly keyFile: string;
  /** A line of a list of known hosts. */
  readonly knownHost: string;
  /** Where a directory for its socket may be made. */
  readonly stateDir: string;
  /** Milliseconds for connection, keys and a first session. Default: 45,000. */
  readonly readyMs?: number;
}

/** Connects, once for many sessions. @throws HostUnreachable */
export async function connect(place: SshPlace): Promise<SshConnection> {
  const { readyMs = READY_MS } = place;
  const directory = ownDirectory(place.stateDir);
  const files = {
    keyFile: place.keyFile,
    knownHosts: path.join(directory, "known_hosts"),
    socket: path.join(directory, "c"),
  };
  writeFileSync(files.knownHosts, place.knownHost, { mode: 0o600 });
  const options = sshOptions(place.target, files);
  const child = spawn("ssh", [...options, "-o", "ControlMaster=yes", "--", place.target.host, KEEP], {
    cwd: "/",
    env: { PATH: SYSTEM_PATH, LC_ALL: "C" },
    // Ctrl-C is for us: what runs is to end in order.
    detached: true,
    stdio: "pipe",
  });
  let said = "";
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    const end = (): void => {
      isOver = true;
      rmSync(directory, { recursive: true, force: true });
      resolve();
    };
    child.once("close", end);
    child.once("error", (error: NodeJS.ErrnoException) => {
      said = error.code === "ENOENT" ? "this machine has no ssh: install openssh-client" : `ssh: ${error.message}`;
      end();
    });
  });
  child.stdin.on("error", () => undefined);
  child.stderr.on("data", (part: Buffer) => {
    said = (said + part.toString("utf8")).slice(-SAID_BYTES);
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, readyMs);
  const isReady = await Promise.race([
    new Promise<boolean>((resolve) => {
      let printed = "";
      // The account's start-up files may print before.
      child.stdout.on("data", (part: Buffer) => {
        printed = (printed + part.toString("utf8")).slice(-SAID_BYTES);
        if (printed.endsWith(READY)) resolve(true);
      });
    }),
    over.then(() => false),
  ]);
  clearTimeout(timer);
  if (!isReady) throw isLate ? late(place, said) : unreachable(place, said);
  return {
    args: [...options, "-o", "ControlMaster=no", "-o", "ProxyCommand=false", "--", place.target.host],
    // Without its socket (who cleans /tmp may take it) nobody can use it.
    isLost: () => isOver || !existsSync(files.socket),
    async close() {
      child.kill("SIGTERM");
      await over;
    },
  };
}

/** ssh has one exit code for all that fails; its own words are the only way to tell them apart. */
function unreachable({ name, target }: SshPlace, said: string): HostUnreachable {
  if (said.includes("Host key verification failed")) {
    return new HostUnreachable("host_key", backEndProblem("host_key", { host: name }));
  }
  if (said.includes("Permission denied") || said.includes("Too many authentication failures")) {
    return new HostUnreachable("denied", backEndProblem("host_denied", { host: name, user: target.user }));
  }
  return new HostUnreachable(
    "down",
    backEndProblem("host_down", { host: name, said: lastLine(said) || "it said nothing" }),
  );
}

/** ssh gives up sooner by itself what it can't reach: mostly, a start-up file of the account's shell waits there. */
function late({ name, readyMs = READY_MS }: SshPlace, said: string): HostUnreachable {
  const line = lastLine(said);
  const heard = line ? `: ${line}` : "";
  const told = `no session within ${readyMs / 1_000} s, as when the account's shell does not start there${heard}`;
  return new HostUnreachable("down", backEndProblem("host_down", { host: name, said: told }));
}

const lastLine = (said: string): string | undefined => said.trim().split("\n").at(-1);

/** Ours alone, and short enough; what was left by processes that are no more goes. */
function ownDirectory(stateDir: string): string {
  mkdirSync(stateDir, { recursive: true, mode: 0o711 });
  for (const name of readdirSync(stateDir)) {
    const [, pid] = /^ssh-(\d+)-\w{6}$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(stateDir, name), { recursive: true, force: true });
  }
  const start = `ssh-${process.pid}-`;
  const isShort = Buffer.byteLength(path.join(stateDir, start)) + "xxxxxx/c".length <= LONGEST_SOCKET;
  return mkdtempSync(path.join(isShort ? stateDir : tmpdir(), start));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
