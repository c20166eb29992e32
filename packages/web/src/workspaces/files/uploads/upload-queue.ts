import { asApiError } from "../../../api/api-error.ts";
import type { DroppedFile } from "./dropped-files.ts";
import { choiceOf, conflictRule, gatherBatch, type Job, type OnConflict, type Upload } from "./upload-job.ts";

export interface Sending {
  /** Undefined: refuse when something of its name is there. */
  readonly onConflict: "replace" | "keep_both" | undefined;
  readonly signal: AbortSignal;
  progress(sentBytes: number): void;
  stalled(lost: boolean): void;
}

/** Brings one file up. @throws ApiError 409 when its name is taken; DOMException AbortError */
export type SendFile = (workspaceId: number, path: string, file: File, sending: Sending) => Promise<void>;

/** `again`: it was not its fault; `alone`: the batch was refused, and only without it will it show whose fault it was. */
export type Outcome = "done" | "taken" | "again" | "alone";
export interface BatchFile {
  readonly path: string;
  readonly file: File;
  readonly maybeThere: boolean;
}

/**
 * Brings many small files up in one request.
 * @returns what became of each, in their order; @throws ApiError of all; DOMException AbortError
 */
export type SendBatch = (
  workspaceId: number,
  files: readonly BatchFile[],
  sending: Omit<Sending, "progress"> & { progress(at: number, sentBytes: number): void },
) => Promise<readonly Outcome[]>;

export interface UploadQueue {
  readonly items: () => readonly Upload[];
  subscribe(listener: () => void): () => void;
  add(workspaceId: number, folder: string, files: readonly DroppedFile[]): void;
  /** What to do about a taken name; for all that were dropped with it when `all`. */
  answer(id: number, choice: OnConflict, all: boolean): void;
  retry(id: number): void;
  stop(id: number): void;
  stopAll(workspaceId: number): void;
  /** Takes what has ended off the list. */
  clear(workspaceId: number): void;
}

const under = (state: Upload["state"]) => state === "waiting" || state === "sending" || state === "asking";
export const isUnderWay = ({ state }: Upload): boolean => under(state);

interface QueueOptions {
  /** Left out: every file goes alone. */
  readonly sendBatch?: SendBatch;
  /** Requests on their way at once. */
  readonly atOnce?: number;
  /** Progress is told no more often than this, in milliseconds. */
  readonly tellEvery?: number;
  readonly onDone?: (workspaceId: number) => void;
}

/** Uploads of all workspaces, in order, some at once. They go on while the person browses the portal. */
export function makeUploadQueue(send: SendFile, options: QueueOptions = {}): UploadQueue {
  const { sendBatch, atOnce = 4, tellEvery = 150, onDone = () => {} } = options;
  let jobs: readonly Job[] = [];
  let shown: readonly Upload[] = [];
  let running = 0;
  let nextId = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();

  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    shown = jobs.map(({ upload }) => upload);
    for (const listener of listeners) listener();
  };
  const tellSoon = () => {
    timer ??= setTimeout(tell, tellEvery);
  };
  const change = (job: Job, part: Partial<Upload>) => {
    job.upload = { ...job.upload, ...part };
    tellSoon();
  };

  const run = async (job: Job) => {
    const { workspaceId, path } = job.upload;
    const onConflict = conflictRule(job);
    change(job, { state: "sending", error: null });
    try {
      await send(workspaceId, path, job.file, {
        onConflict,
        signal: job.stop.signal,
        progress: (sent) => change(job, { sent, stalled: false }),
        stalled: (stalled) => change(job, { stalled }),
      });
      arrived(job);
      onDone(workspaceId);
    } catch (thrown) {
      if (job.stop.signal.aborted) return;
      const error = asApiError(thrown);
      if (error.status === 409 && onConflict === undefined) settle(job);
      else change(job, { state: "failed", error, stalled: false });
    }
  };
  const runBatch = async (group: readonly Job[], sendThem: SendBatch) => {
    const stop = new AbortController();
    const onStop = () => stop.abort();
    for (const job of group) {
      change(job, { state: "sending", error: null });
      job.stop.signal.addEventListener("abort", onStop);
    }
    const [{ workspaceId }, onConflict] = [(group[0] as Job).upload, conflictRule(group[0] as Job)];
    const files = group.map(({ upload, file, maybeThere }) => ({ path: upload.path, file, maybeThere }));
    try {
      const outcomes = await sendThem(workspaceId, files, {
        onConflict,
        signal: stop.signal,
        progress: (at, sent) => change(group[at] as Job, { sent, stalled: false }),
        stalled: (stalled) => group.forEach((job) => void change(job, { stalled })),
      });
      outcomes.forEach((outcome, at) => void afterBatch(group[at] as Job, outcome));
      if (outcomes.includes("done")) onDone(workspaceId);
    } catch (thrown) {
      const error = asApiError(thrown);
      for (const job of group) {
        if (!stop.signal.aborted) change(job, { state: "failed", error, stalled: false });
        // Another one of the batch was stopped.
        else if (!job.stop.signal.aborted) {
          job.maybeThere = true;
          change(job, { state: "waiting", sent: 0 });
        }
      }
    } finally {
      for (const job of group) job.stop.signal.removeEventListener("abort", onStop);
    }
  };
  const afterBatch = (job: Job, outcome: Outcome) => {
    if (job.stop.signal.aborted) return;
    if (outcome === "done") return arrived(job);
    if (outcome === "taken") return settle(job);
    if (outcome === "alone") job.alone = true;
    change(job, { state: "waiting", sent: 0, stalled: false });
  };
  const arrived = (job: Job) => change(job, { state: "done", sent: job.upload.total, stalled: false });
  /** Its name is taken: as was said, else it is asked. */
  const settle = (job: Job) => {
    const answer = choiceOf(job);
    const state = answer === null ? "asking" : answer === "skip" ? "skipped" : "waiting";
    change(job, { state, sent: 0, stalled: false });
  };
  const pump = () => {
    while (running < atOnce) {
      const job = jobs.find(({ upload }) => upload.state === "waiting");
      if (!job) return;
      const group = sendBatch ? gatherBatch(job, jobs) : [job];
      running++;
      void (sendBatch && group.length > 1 ? runBatch(group, sendBatch) : run(job)).finally(() => {
        running--;
        pump();
        tellSoon();
      });
    }
  };
  const find = (id: number) => jobs.find(({ upload }) => upload.id === id);
  const drop = (gone: (job: Job) => boolean) => {
    const going = jobs.filter(gone);
    jobs = jobs.filter((job) => !gone(job));
    for (const job of going) job.stop.abort();
    tell();
  };

  return {
    items: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(workspaceId, folder, files) {
      const batch = { answer: null };
      const made = files.map(({ path, file }): Job => {
        const whole = folder === "" ? path : `${folder}/${path}`;
        const upload = { id: nextId++, workspaceId, path: whole, total: file.size, sent: 0, error: null };
        return {
          upload: { ...upload, state: "waiting", stalled: false },
          file,
          batch,
          stop: new AbortController(),
          choice: null,
          alone: false,
          maybeThere: false,
        };
      });
      const before = jobs.filter(({ upload }) => upload.workspaceId === workspaceId);
      // What was told of an earlier drop makes room, once all of it is there.
      const told = before.every(({ upload }) => upload.state === "done" || upload.state === "skipped");
      jobs = [...(told ? jobs.filter((job) => !before.includes(job)) : jobs), ...made];
      pump();
      tell();
    },
    answer(id, choice, all) {
      const asked = find(id);
      if (!asked) return;
      if (all) asked.batch.answer = choice;
      else asked.choice = choice;
      for (const job of all ? jobs.filter(({ batch }) => batch === asked.batch) : [asked]) {
        if (job.upload.state === "asking") change(job, { state: choice === "skip" ? "skipped" : "waiting" });
      }
      pump();
      tell();
    },
    retry(id) {
      const job = find(id);
      if (job?.upload.state !== "failed") return;
      change(job, { state: "waiting" });
      pump();
      tell();
    },
    stop: (id) => drop(({ upload }) => upload.id === id),
    stopAll: (workspaceId) => drop(({ upload }) => upload.workspaceId === workspaceId && under(upload.state)),
    clear: (workspaceId) => drop(({ upload }) => upload.workspaceId === workspaceId && !under(upload.state)),
  };
}
