import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import type { Socket } from "node:net";
import path from "node:path";
import { inGroups } from "../control-groups/enter.ts";
import { TOOLS } from "../tools.ts";
import { BrokerRefusal } from "../verbs.ts";
import type { PasswdEntry } from "./system-users.ts";

/** What a person's program finds of our environment: nothing of it is ours, for the person can read it in /proc. */
const USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";
/** Bytes of what a program said on its way down. */
const SAID_BYTES = 4096;

export interface RunAs {
  readonly account: PasswdEntry;
  /** Node and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Becomes descriptor 3. */
  readonly socket?: Socket;
  /** Is read from standard input. */
  readonly input?: string;
  /** Nothing that it starts gains rights by set-uid programs. Sessions may: people use sudo and ping there. */
  readonly locked: boolean;
  /** Control groups that it begins in; left out: ours. */
  readonly groups?: readonly string[];
}

export interface Child {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
  kill(): void;
}

/**
 * Starts a program as a person: their uid, their groups and no others, no capability, an environment of three names,
 * a session of its own. It outlives us; its errors go to a file without a name, which needs nobody to read it.
 * @param spool where such a file can be made; root's own
 */
export async function runAs(spool: string, options: RunAs): Promise<Child> {
  const { account, command, socket, input } = options;
  await using errors = await namelessFile(spool);
  const said = await open(`/proc/self/fd/${errors.fd}`, "r");
  // What they fill it with is theirs, by the quota as well.
  await errors.chown(account.uid, account.gid).catch((error: NodeJS.ErrnoException) => {
    // Who has no room left needs an agent all the more.
    if (error.code !== "EDQUOT") throw error;
  });
  const [program, ...args] = inGroups(options.groups ?? [], [
    ...[TOOLS.setpriv, "--reuid", String(account.uid), "--regid", String(account.gid)],
    ...["--init-groups", "--inh-caps=-all"],
    ...(options.locked ? ["--bounding-set=-all", "--no-new-privs"] : []),
    ...["--", ...command],
  ] as [string, ...string[]]);
  const child = spawn(program, args, {
    // It is root still that goes there: never to a place whose name somebody else may change meanwhile.
    cwd: "/",
    env: { PATH: USUAL_PATH, HOME: account.home, LANG: "C.UTF-8" },
    detached: true,
    stdio: [input === undefined ? "ignore" : "pipe", "ignore", errors.fd, ...(socket ? [socket] : [])],
  });
  const failed = new Promise<Error>((resolve) => child.once("error", resolve));
  const ended = endOf(child, said);
  // Ours is not needed any more: the connection ends with the last of its ends.
  socket?.destroy();
  if (child.pid === undefined) {
    throw new BrokerRefusal("failed", `it could not be started: ${(await failed).message}`);
  }
  child.stdin?.on("error", () => undefined).end(input);
  child.unref();
  return { pid: child.pid, ended, kill: () => void child.kill("SIGKILL") };
}

/** What it said is read when it has ended: by then it said all. */
function endOf(child: ChildProcess, said: FileHandle): Child["ended"] {
  return new Promise((resolve) => {
    const end = async (code: number | null): Promise<void> => {
      const { buffer, bytesRead } = await said.read(Buffer.alloc(SAID_BYTES), 0, SAID_BYTES, 0);
      await said.close();
      resolve({ code, said: buffer.subarray(0, bytesRead).toString("utf8").trim() });
    };
    child.once("exit", (code) => void end(code));
    child.once("error", () => void end(null));
  });
}

async function namelessFile(folder: string): Promise<FileHandle> {
  const file = path.join(folder, `.said-${randomBytes(8).toString("hex")}`);
  const { O_APPEND, O_CREAT, O_EXCL, O_RDWR } = constants;
  const handle = await open(file, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o600);
  await unlink(file);
  return handle;
}
