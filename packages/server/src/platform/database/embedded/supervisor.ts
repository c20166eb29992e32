import { copyFile, stat, truncate } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { isRunning } from "../process-identity.ts";
import { adoptOrStop } from "./orphan.ts";
import { type Postmaster, type PostmasterOptions, startPostmaster } from "./postmaster.ts";
import { stopPostmaster } from "./stop-postmaster.ts";

export interface Supervisor {
  /** Fast shutdown, or `atOnce`, which writes nothing more; the server has ended when it resolves. */
  stop(how?: { readonly atOnce: boolean }): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const LOG_BYTES = 16 * 1024 * 1024;

/** Starts the server again whenever it ends by itself, at the same address, with growing pauses. */
export function supervise(options: PostmasterOptions, first: Postmaster, log: Logger): Supervisor {
  const ending = new AbortController();
  const watching = watch(options, first, log, ending.signal);
  return {
    async stop(how) {
      ending.abort();
      await stopPostmaster(await watching, how);
    },
  };
}

/** @returns the server that runs, or ran last, when told to end. */
async function watch(
  options: PostmasterOptions,
  first: Postmaster,
  log: Logger,
  ending: AbortSignal,
): Promise<Postmaster> {
  let current = first;
  for (let failures = 0; !ending.aborted; ) {
    if (isRunning(current)) {
      failures = 0;
      await pause(LOOK_EVERY_MS, ending);
      continue;
    }
    log.error({ pid: current.pid, failures }, "the embedded PostgreSQL has ended; starting it again");
    try {
      current = (await adoptOrStop(options)) ?? (await startPostmaster(options, first.port));
      log.info({ pid: current.pid }, "the embedded PostgreSQL runs again");
    } catch (error) {
      failures += 1;
      log.error({ err: error }, "the embedded PostgreSQL did not start");
      await pause(Math.min(200 * 2 ** failures, LONGEST_PAUSE_MS), ending);
    }
  }
  return current;
}

/** Doesn't keep the process alive by itself. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

/** Keeps PostgreSQL's log from growing for ever: one older part is kept. It appends, so it goes on at the new end. */
export async function trimLog(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found || found.size < LOG_BYTES) return;
  await copyFile(file, `${file}.1`);
  await truncate(file);
}
