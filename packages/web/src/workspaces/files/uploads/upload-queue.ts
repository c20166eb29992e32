import { asApiError } from "../../../api/api-error.ts";
import type { DroppedFile } from "./dropped-files.ts";

export type OnConflict = "replace" | "keep_both" | "skip";
/** `asking`: something of its name is there, and nobody has said yet what to do. */
export type UploadState = "waiting" | "sending" | "asking" | "done" | "failed" | "skipped";

export interface Upload {
  readonly id: number;
  readonly workspaceId: number;
  /** Where it is to stand in the workspace. */
  readonly path: string;
  /** Bytes. */
  readonly total: number;
  readonly sent: number;
  readonly state: UploadState;
  /** Why it failed. */
  readonly reason: string;
  /** The connection is lost; it goes on by itself. */
  readonly stalled: boolean;
}

export interface Sending {
  /** Undefined: refuse when something of its name is there. */
  readonly onConflict: Exclude<OnConflict, "skip"> | undefined;
  readonly signal: AbortSignal;
  progress(sentBytes: number): void;
  stalled(lost: boolean): void;
}

/** Brings one file up. @throws ApiError 409 when its name is taken; DOMException AbortError */
export type SendFile = (workspaceId: number, path: string, file: File, sending: Sending) => Promise<void>;

interface Job {
  upload: Upload;
  readonly file: File;
  /** Dropped together: one answer can be for all of them. */
  readonly batch: { answer: OnConflict | null };
  readonly stop: AbortController;
  choice: OnConflict | null;
}

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

const under = (state: UploadState) => state === "waiting" || state === "sending" || state === "asking";
export const isUnderWay = ({ state }: Upload): boolean => under(state);

interface QueueOptions {
  /** Files on their way at once: small ones spend most of their time waiting for an answer. */
  readonly atOnce?: number;
  /** Progress is told no more often than this, in milliseconds. */
  readonly tellEvery?: number;
  readonly onDone?: (workspaceId: number) => void;
}

/** Uploads of all workspaces, in order, some at once. They go on while the person browses the portal. */
export function makeUploadQueue(send: SendFile, options: QueueOptions = {}): UploadQueue {
  const { atOnce = 4, tellEvery = 150, onDone = () => {} } = options;
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
    const choice = job.choice ?? job.batch.answer;
    const { workspaceId, path } = job.upload;
    change(job, { state: "sending", reason: "" });
    try {
      await send(workspaceId, path, job.file, {
        onConflict: choice === "skip" || choice === null ? undefined : choice,
        signal: job.stop.signal,
        progress: (sent) => change(job, { sent, stalled: false }),
        stalled: (stalled) => change(job, { stalled }),
      });
      change(job, { state: "done", sent: job.upload.total, stalled: false });
      onDone(workspaceId);
    } catch (thrown) {
      if (job.stop.signal.aborted) return;
      const error = asApiError(thrown);
      if (error.status !== 409) change(job, { state: "failed", reason: error.message, stalled: false });
      else if ((job.choice ?? job.batch.answer) === "skip") change(job, { state: "skipped", stalled: false });
      else if (choice === null) settle(job);
      else change(job, { state: "failed", reason: error.message, stalled: false });
    }
  };
  /** Its name is taken: as was said for all, else it is asked. */
  const settle = (job: Job) => {
    const { answer } = job.batch;
    change(job, { state: answer === null ? "asking" : answer === "skip" ? "skipped" : "waiting", sent: 0 });
  };
  const pump = () => {
    while (running < atOnce) {
      const job = jobs.find(({ upload }) => upload.state === "waiting");
      if (!job) return;
      running++;
      void run(job).finally(() => {
        running--;
        pump();
        tellSoon();
      });
    }
  };
  const find = (id: number) => jobs.find(({ upload }) => upload.id === id);
  const drop = (gone: (job: Job) => boolean) => {
    for (const job of jobs) if (gone(job)) job.stop.abort();
    jobs = jobs.filter((job) => !gone(job));
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
        const upload = { id: nextId++, workspaceId, path: whole, total: file.size, sent: 0, reason: "" };
        return {
          upload: { ...upload, state: "waiting", stalled: false },
          file,
          batch,
          stop: new AbortController(),
          choice: null,
        };
      });
      jobs = [...jobs, ...made];
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
