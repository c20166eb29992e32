/**
 * The session host: a small process of its own that keeps one session alive, whatever becomes of the server.
 * `node main.ts <run directory>`; everything it must know is in that folder's job.json, or, with `described` as
 * second argument, comes on standard input and is written there: the folder is ours then, not the server's. A third
 * argument is then the control group that whoever started us made. Imports nothing from outside its folder, so that
 * it starts fast and an update of the server can't break it.
 */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { claimWithJson, writeJsonAtomically } from "./atomic-file.ts";
import { createControlServer } from "./control-server.ts";
import { hasFolder } from "./exit-file.ts";
import { type ControlGroup, type JobFile, NO_ROOM, RUN_FILES, readJobFile } from "./job-file.ts";
import { isFull } from "./leftovers.ts";
import { createPageServer } from "./page-server.ts";
import { identify } from "./process-identity.ts";
import { openToServer } from "./readiness.ts";
import { createSession, type Session } from "./session.ts";
import { serveTty } from "./tty-server.ts";

/** A Unix socket's address holds 107 bytes. */
const LONGEST_SOCKET_PATH = 107;
const LOOK_FOR_FOLDER_MS = 5000;

const folder = resolve(process.argv[2] ?? ".");
process.chdir(folder); // sockets are bound by their relative names
if (process.argv[3] === "described") takeDescription(readFileSync(0, "utf8"));
const job = readJobFile(RUN_FILES.job);

// Of all hosts that may have been started for this job (a retry, a second server), one runs it.
if (claimWithJson(RUN_FILES.host, identify(process.pid))) await run(createSession(job, programSocketPath()), job);
process.exit(0);

function takeDescription(text: string): void {
  try {
    writeJsonAtomically(RUN_FILES.job, inGroup(JSON.parse(text) as JobFile));
  } catch (error) {
    if (isFull(error)) process.exit(NO_ROOM);
    throw error;
  }
  const { TMPDIR } = readJobFile(RUN_FILES.job).program.env;
  if (TMPDIR !== undefined) mkdirSync(TMPDIR, { recursive: true, mode: 0o700 });
}

function inGroup(described: JobFile): JobFile {
  const { allowance } = described;
  if (allowance === undefined) return described;
  const cgroup = JSON.parse(process.argv[4] ?? "null") as ControlGroup | null;
  return { ...described, allowance: { ...allowance, cgroup } };
}

async function run(session: Session, described: JobFile): Promise<void> {
  outliveTrouble(session);
  try {
    const attachTty = serveTty(session.tty);
    const servers = [listen(createControlServer(session), RUN_FILES.socket, attachTty)];
    if (described.web === "terminal") servers.push(listen(createPageServer(), RUN_FILES.web, attachTty));
    await Promise.all(servers);
    await session.start();
    watchFolder(session, described.web);
  } catch (error) {
    note(error as Error);
    await session.fail(`Its host could not start: ${(error as Error).message}`);
  }
  await session.finished;
  await sleep(described.limits.lingerSeconds * 1000);
}

async function listen(server: Server, name: string, attachTty: (server: Server) => void): Promise<void> {
  attachTty(server);
  rmSync(name, { force: true }); // we hold the claim: what lies here is nobody's
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(name, done);
  });
  // Beyond us the server's group, where the folder has it; the folder lets nobody else through.
  chmodSync(name, 0o660);
}

/** A fault of ours must not take the exit status with it; and only the server's word or the end ends a host. */
function outliveTrouble(session: Session): void {
  for (const name of ["SIGHUP", "SIGINT", "SIGPIPE"] as const) process.on(name, () => {});
  process.on("SIGTERM", () => session.stop("stopped", "The machine is shutting down, or somebody ended its host."));
  process.on("uncaughtException", (error) => {
    note(error);
    session.stop("host_failed", `Its host failed: ${error.message}`);
  });
}

/** A program that nobody can reach, stop or pay for any more must not go on; one that listens anew is let be reached. */
function watchFolder(session: Session, web: JobFile["web"]): void {
  setInterval(() => {
    session.tick();
    if (web === "program") openToServer(RUN_FILES.web);
    if (!hasFolder()) session.stop("host_failed", "Its folder in the run directory is gone.");
  }, LOOK_FOR_FOLDER_MS);
}

function note(error: Error): void {
  try {
    appendFileSync(RUN_FILES.errors, `${new Date().toISOString()} ${error.stack ?? error.message}\n`, { mode: 0o640 });
  } catch {
    // no room to say it
  }
}

/** A path that reaches web.sock however deep the data directory lies. */
function programSocketPath(): string {
  const direct = join(folder, RUN_FILES.web);
  return Buffer.byteLength(direct) <= LONGEST_SOCKET_PATH ? direct : `/proc/${process.pid}/cwd/${RUN_FILES.web}`;
}
