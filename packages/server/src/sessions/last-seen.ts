import type { Observation } from "./resources/contract.ts";
import type { JobRow } from "./tables.ts";

/** When sessions were last known to run: what tells later of an earlier end is not believed. */
export interface LastSeen {
  /** @param at when it was asked */
  note(jobId: number, seen: Observation, at: Date): void;
  /** An earlier server looked after all that ran here, until then. */
  lookedAfterUntil(at: Date): void;
  /** Null: nobody has seen it run. */
  of(job: Pick<JobRow, "id" | "started_at">): Date | null;
  forget(jobId: number): void;
}

/** Milliseconds: what is told to be ending may have been so for as long. */
const ENDS_WITHIN_MS = 60_000;

export function createLastSeen(): LastSeen {
  const times = new Map<number, Date>();
  let former: Date | null = null;
  return {
    note(jobId, { state }, at) {
      if (state === "ended" || state === "absent") return;
      const ran = state === "stopping" ? new Date(at.getTime() - ENDS_WITHIN_MS) : at;
      const before = times.get(jobId);
      if (before === undefined || before < ran) times.set(jobId, ran);
    },
    lookedAfterUntil(at) {
      former = at;
    },
    of({ id, started_at: startedAt }) {
      const seen = times.get(id) ?? null;
      if (former === null || startedAt === null || startedAt > former) return seen;
      return seen === null || seen < former ? former : seen;
    },
    forget(jobId) {
      times.delete(jobId);
    },
  };
}
