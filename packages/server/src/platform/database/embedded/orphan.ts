import { existsSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "../../errors/start-error.ts";
import { isRunning, type ProcessIdentity, readProcess } from "../process-identity.ts";
import { refuseForeignServer } from "./foreign-server.ts";
import { type ClusterLayout, socketIn } from "./layout.ts";
import { becomesReady, type Postmaster, type PostmasterOptions, postmasterArguments } from "./postmaster.ts";
import { stopPostmaster } from "./stop-postmaster.ts";

/** Backends whose postmaster was killed notice it by themselves, but not in the middle of a computation. */
const BACKEND_PATIENCE_MS = 5_000;

/**
 * What an earlier server of ours left: a running postmaster is adopted when it was started as we would start it
 * and takes our password, else stopped. After null, nothing runs and nothing stands in the way of a start.
 * @throws StartError when a server that can't be seen from here still has the cluster.
 */
export async function adoptOrStop(options: PostmasterOptions, { adopt = true } = {}): Promise<Postmaster | null> {
  const found = await runningPostmaster(options.layout);
  if (found) {
    const fits = adopt && (await startedAsNow(options, found.port));
    if (fits && (await becomesReady(found, options))) return found;
    await stopPostmaster(found);
  }
  await clearAway(options.layout);
  return null;
}

/** The postmaster that runs on this cluster, by its own `postmaster.pid`; null when none does. */
export async function runningPostmaster(layout: ClusterLayout): Promise<Postmaster | null> {
  const text = await readFile(path.join(layout.data, "postmaster.pid"), "utf8").catch(() => "");
  const [pid, , , port, socketDirectory] = text.split("\n");
  const state = pid ? readProcess(Number(pid)) : null;
  if (!state || !isRunning(state) || workingDirectory(state.pid) !== resolved(layout.data)) return null;
  return { pid: state.pid, startTime: state.startTime, host: socketDirectory || "127.0.0.1", port: Number(port) };
}

async function startedAsNow(options: PostmasterOptions, port: number): Promise<boolean> {
  const command = await readFile(path.join(options.layout.data, "postmaster.opts"), "utf8").catch(() => "");
  const quoted = postmasterArguments(options, port).map((argument) => `"${argument}"`);
  return command.trim() === [options.binaries.postgres, ...quoted].join(" ");
}

/**
 * Waits for what dies, ends what doesn't, and removes locks that name nothing of ours.
 * @throws StartError where something of it does not end
 */
async function clearAway(layout: ClusterLayout): Promise<void> {
  const locks = [path.join(layout.data, "postmaster.pid")];
  if (layout.socketDirectory !== null) locks.push(`${socketIn(layout.socketDirectory)}.lock`);
  const found = await Promise.all(locks.map(readLock));
  if (!(await until(BACKEND_PATIENCE_MS, () => processesIn(layout.data).length === 0))) {
    // From a container's host its processes are seen, though by other numbers: not ours to kill while they serve.
    await refuseForeignServer(layout);
    for (const backend of processesIn(layout.data)) process.kill(backend.pid, "SIGKILL");
    if (!(await until(BACKEND_PATIENCE_MS, () => processesIn(layout.data).length === 0))) throw doesNotEnd(layout);
  }
  await refuseForeignServer(layout);
  // The number in them may by now be another process's of this account, or a killed one's that nobody has collected:
  // PostgreSQL would take either for its rival. What somebody has written meanwhile is theirs.
  for (const [index, file] of locks.entries()) {
    if ((await readLock(file)) === found[index]) await rm(file, { force: true });
  }
}

const readLock = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

function doesNotEnd({ data }: ClusterLayout): StartError {
  const pids = processesIn(data).map(({ pid }) => pid);
  return new StartError(
    `PostgreSQL's processes of before (${pids.join(", ")}) still stand in ${data}, though they were killed.`,
    "They wait for a disk, most likely: see that it answers, and start again. Their locks were left.",
    { passing: true },
  );
}

/** Every process of PostgreSQL stands in the data directory. */
function processesIn(directory: string): ProcessIdentity[] {
  const place = resolved(directory);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && workingDirectory(Number(name)) === place)
    .map((name) => readProcess(Number(name)))
    .filter((found) => found !== null && isRunning(found)) as ProcessIdentity[];
}

/** `D/postgres` may be a symlink to another disk. */
function resolved(directory: string): string {
  return existsSync(directory) ? realpathSync(directory) : directory;
}

function workingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

async function until(patienceMs: number, done: () => boolean): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (!done()) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
