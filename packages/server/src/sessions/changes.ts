import type { Events } from "../platform/events/contract.ts";

/** Who waits in this process for news of a session; heard once, told to all of them. */
export interface Changes {
  /** Calls back after each change of this job by any process. Returns: stop. */
  of(jobId: number, onChange: () => void): () => void;
  /** The same for all jobs; `nodeId` is where the job runs. */
  any(onChange: (jobId: number, nodeId: string) => void): () => void;
  stop(): void;
}

export function createChanges(events: Pick<Events, "subscribe">): Changes {
  const byJob = new Map<number, Set<() => void>>();
  const all = new Set<(jobId: number, nodeId: string) => void>();
  const stop = events.subscribe({ types: ["session.status", "session.viewers"] }, (event) => {
    const jobId = Number(event.subject.id);
    for (const tell of all) tell(jobId, String(event.data.node_id));
    for (const tell of byJob.get(jobId) ?? []) tell();
  });

  return {
    stop,
    any(onChange) {
      all.add(onChange);
      return () => all.delete(onChange);
    },
    of(jobId, onChange) {
      const waiting = byJob.get(jobId) ?? new Set();
      byJob.set(jobId, waiting.add(onChange));
      return () => {
        waiting.delete(onChange);
        if (waiting.size === 0 && byJob.get(jobId) === waiting) byJob.delete(jobId);
      };
    },
  };
}
