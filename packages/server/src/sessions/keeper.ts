import { setTimeout as sleep } from "node:timers/promises";
import type { Changes } from "./changes.ts";
import type { SessionsContext } from "./context.ts";
import { converge } from "./converge.ts";
import { adoptPlace, holdPlace, recallPlace } from "./place.ts";
import { findJobs, liveJobsOf } from "./queries.ts";
import { ResourceError } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import type { JobRow } from "./tables.ts";

/** Looks after the sessions of this node for as long as the process lives. */
export interface Keeper {
  /** Adopts what runs, settles what ended meanwhile, ends what should not run. */
  start(): Promise<void>;
  /** Lets go; sessions go on. */
  stop(): Promise<void>;
}

/** What a watcher might have missed is found at least this often. */
const ROUND_MS = 2000;
/** A host's word comes by itself, and its death, too: this is for what nobody has thought of. */
const LOOK_AGAIN_MS = 30_000;
/** Folders that are looked into at once: an installation has those of a month. */
const FOLDERS_AT_ONCE = 64;
/** What a host has to say it says at once; one that is stopped or stuck says nothing. */
const FIRST_WORD_MS = 1000;
/** What takes longer goes on, and the others with it. */
const LOOK_WITHIN_MS = 3000;
const HOLD_EVERY_MS = 10_000;
/** Days that an ended session's output is kept. */
const OUTPUT_DAYS = 30;
const FORGET_EVERY_MS = 3_600_000;

export function createKeeper(context: SessionsContext, changes: Changes): Keeper {
  const { local } = context;
  const { config, log } = context.platform;
  /** `runs`: what was seen of it last is that this very job runs. */
  const watched = new Map<number, { unwatch: () => void; lookedAt: number; runs: boolean }>();
  const busy = new Map<number, { again: boolean; done: Promise<void> }>();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: () => void = () => undefined;
  let forgottenAt = 0;
  let heldAt = 0;
  let stopped = false;
  let deaf = false;

  /** One look at a time per job; what changes meanwhile is looked at once more. */
  function look(jobId: number, read?: JobRow): Promise<void> {
    const running = busy.get(jobId);
    if (running !== undefined) {
      running.again = true;
      return running.done;
    }
    const entry = { again: false, done: Promise.resolve() };
    busy.set(jobId, entry);
    entry.done = lookUntilQuiet(jobId, entry, read);
    return entry.done;
  }

  async function lookUntilQuiet(jobId: number, entry: { again: boolean }, read?: JobRow): Promise<void> {
    try {
      for (let row = read; ; row = undefined) {
        entry.again = false;
        const job = await converge(context, jobId, row);
        if (job === null || job.ended_at !== null) unwatch(jobId);
        const kept = watched.get(jobId);
        if (kept !== undefined) kept.runs = job?.status === "running" || job?.status === "stopping";
        if (!entry.again || stopped) break;
      }
    } catch (error) {
      // The next round tries again: what happened is on disk, nothing is lost by the wait.
      log.warn({ err: error, jobId }, "sessions: a job could not be looked at");
    } finally {
      busy.delete(jobId);
    }
  }

  function unwatch(jobId: number): void {
    watched.get(jobId)?.unwatch();
    watched.delete(jobId);
  }

  function watch(jobId: number, onFirstWord = (): void => void look(jobId)): void {
    if (watched.has(jobId) || stopped) return;
    let tell = onFirstWord;
    const unwatch = local.watch(jobId, () => {
      tell();
      tell = () => void look(jobId);
    });
    watched.set(jobId, { lookedAt: Date.now(), runs: false, unwatch });
  }

  /** From its first word on nothing is missed: one look then is enough, where before it would take another. */
  async function adopt(job: JobRow, patience: Promise<void>): Promise<void> {
    const heard = Promise.withResolvers<void>();
    if (watched.has(job.id)) heard.resolve();
    watch(job.id, () => heard.resolve());
    await Promise.race([heard.promise, patience]);
    await lookAfter(job);
  }

  async function adoptAll(): Promise<void> {
    const patience = sleep(FIRST_WORD_MS, undefined, { ref: false });
    const live = await liveJobsOf(context.db, local.place);
    await Promise.all(live.map((job) => adopt(job, patience)));
  }

  async function round(): Promise<void> {
    const live = await liveJobsOf(context.db, local.place);
    const ids = new Set(live.map((job) => job.id));
    for (const jobId of watched.keys()) if (!ids.has(jobId)) unwatch(jobId);
    const looks = live.map((job) => {
      watch(job.id);
      const entry = watched.get(job.id);
      const due = job.desired === "stopped" || Date.now() - (entry?.lookedAt ?? 0) > LOOK_AGAIN_MS;
      if (!due) return undefined;
      if (entry !== undefined) entry.lookedAt = Date.now();
      return lookAfter(job);
    });
    await Promise.all(looks);
  }

  /** An end takes seconds, and some owner may hold a look up for longer: nobody else's has to wait for it. */
  async function lookAfter(job: JobRow): Promise<void> {
    const done = look(job.id, job);
    if (job.desired !== "stopped") await Promise.race([done, patienceWithOne()]);
  }

  function patienceWithOne(): Promise<void> {
    return sleep(LOOK_WITHIN_MS, undefined, { ref: false });
  }

  async function rounds(): Promise<void> {
    if (stopped) return;
    try {
      await round();
      if (Date.now() - heldAt > HOLD_EVERY_MS) await hold();
      if (Date.now() - forgottenAt > FORGET_EVERY_MS) await forgetOld();
      deaf = false;
    } catch (error) {
      if (!deaf) log.warn({ err: error }, "sessions: the database can't be asked; sessions go on");
      deaf = true;
    }
    if (!stopped) timer = setTimeout(rounds, ROUND_MS);
  }

  /** Programs of jobs that the database doesn't want to run: an older backup was restored, or an end was lost. */
  async function endStrays(): Promise<void> {
    await forEachFolder(async (jobId, job) => {
      if (watched.get(jobId)?.runs) return;
      const mayRun = job !== null && (job.ended_at === null || job.place !== local.place);
      // What has the number of a job that may run is not always that job.
      if (mayRun && (await local.observe(job)).state !== "absent") return;
      const { state } = await local.observe(jobId);
      if (state === "ended" || state === "absent") return;
      log.warn({ jobId }, "sessions: ending a program that should not run");
      local.stop(jobId, say("stray")).catch((error: unknown) => {
        log.error({ err: error, jobId }, "sessions: a stray program could not be ended");
      });
    });
  }

  /** One that can't be looked into, as an earlier server's of another account, keeps us from no other. */
  async function forEachFolder(work: (jobId: number, job: JobRow | null) => Promise<void>): Promise<void> {
    const left = await local.list();
    while (left.length > 0 && !stopped) {
      const ids = left.splice(0, FOLDERS_AT_ONCE);
      const jobs = new Map((await findJobs(context.db, ids)).map((job) => [job.id, job]));
      await Promise.all(ids.map((jobId) => lookInto(jobId, () => work(jobId, jobs.get(jobId) ?? null))));
    }
  }

  async function lookInto(jobId: number, work: () => Promise<void>): Promise<void> {
    const done = work().catch((error: unknown) => {
      if (!(error instanceof ResourceError)) throw error;
      log.warn({ err: error, jobId }, "sessions: a folder could not be looked into");
    });
    await Promise.race([done, patienceWithOne()]);
  }

  async function hold(): Promise<void> {
    heldAt = Date.now();
    if (await holdPlace(context)) return;
    log.error(
      { nodeId: config.nodeId },
      "sessions: another server has this node's name and another data directory; give each a STOA_NODE_ID of its own",
    );
  }

  async function forgetOld(): Promise<void> {
    forgottenAt = Date.now();
    const limit = forgottenAt - OUTPUT_DAYS * 86_400_000;
    await forEachFolder(async (_jobId, job) => {
      if (job?.ended_at && job.ended_at.getTime() < limit) await local.forget(job);
    });
  }

  return {
    async start() {
      unsubscribe = changes.any((jobId, nodeId) => {
        if (nodeId === config.nodeId) watch(jobId);
      });
      await adoptPlace(context);
      await recallPlace(context);
      await hold();
      await adoptAll();
      await endStrays();
      timer = setTimeout(rounds, ROUND_MS);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
      for (const jobId of [...watched.keys()]) unwatch(jobId);
      await Promise.all([...busy.values()].map((entry) => entry.done));
    },
  };
}
