import { renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readJson } from "../../host/atomic-file.ts";
import { RUN_FILES } from "../../host/job-file.ts";
import type { JobRef } from "../contract.ts";
import { believedMarker } from "./believed.ts";

/**
 * True when the folder of that id is another job's: after an older backup of the database was restored, ids are
 * given again, and what lies there may be another person's.
 */
export function isOthers(folder: string, job: JobRef): boolean {
  if (typeof job === "number") return false;
  const marker = markerIn(folder);
  return marker !== null && marker !== job.marker;
}

/**
 * Puts another job's folder out of the way. Nothing in it runs any more; nothing in it is deleted: its output may be
 * all that is left of that work.
 */
export function setAside(folder: string, job: JobRef): void {
  if (!isOthers(folder, job)) return; // looked again: somebody else may have done it meanwhile
  const name = `.stale-${basename(folder)}-${markerIn(folder)?.slice(0, 8)}-${Date.now()}`;
  renameSync(folder, join(dirname(folder), name));
}

/** Null: no job has been described there, or nobody can tell which (a tombstone that found no room for words). */
export function markerIn(folder: string): string | null {
  const markerOf = (name: string) => believedMarker(readJson(join(folder, name)));
  return markerOf(RUN_FILES.job) ?? markerOf(RUN_FILES.host);
}
