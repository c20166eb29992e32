import type { ApiError } from "../../../api/api-error.ts";

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
  readonly error: ApiError | null;
  /** The connection is lost; it goes on by itself. */
  readonly stalled: boolean;
}

/** An upload, and what the queue knows of it besides. */
export interface Job {
  upload: Upload;
  readonly file: File;
  /** Dropped together: one answer can be for all of them. */
  readonly batch: { answer: OnConflict | null };
  readonly stop: AbortController;
  choice: OnConflict | null;
  /** Sent in no batch: one with it was refused, and not for a name that is taken. */
  alone: boolean;
  /** A batch with it was broken off, and may have arrived all the same. */
  maybeThere: boolean;
}

/** What was said about its taken name, if anything. */
export const choiceOf = (job: Job): OnConflict | null => job.choice ?? job.batch.answer;

/** As the server is told; undefined: refuse when something of its name is there. */
export function conflictRule(job: Job): "replace" | "keep_both" | undefined {
  const choice = choiceOf(job);
  return choice === "skip" || choice === null ? undefined : choice;
}

/** Bytes below which a file goes together with others: one request each would take longer than its bytes do. */
const smallBytes = 256 * 2 ** 10;
/** What a refused or broken batch costs at most. */
const batchBytes = 16 * 2 ** 20;
const batchFiles = 400;

/** `first`, and what waits and can go in one request with it. */
export function gatherBatch(first: Job, jobs: readonly Job[]): Job[] {
  if (!isSmall(first)) return [first];
  const group: Job[] = [];
  const paths = new Set<string>();
  let bytes = 0;
  for (const job of jobs) {
    const { workspaceId, path, state, total } = job.upload;
    if (state !== "waiting" || workspaceId !== first.upload.workspaceId || paths.has(path)) continue;
    if (!isSmall(job) || conflictRule(job) !== conflictRule(first)) continue;
    group.push(job);
    paths.add(path);
    bytes += total;
    if (group.length >= batchFiles || bytes >= batchBytes) break;
  }
  return group;
}

const isSmall = ({ alone, upload }: Job) => !alone && upload.total < smallBytes;
