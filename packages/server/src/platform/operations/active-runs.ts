import { sql } from "kysely";
import type { OperationKind } from "./contract.ts";
import type { OperationDeps } from "./deps.ts";
import { createEndingWriter } from "./ending-writer.ts";
import { type Execution, execute } from "./execute.ts";
import type { StopReason } from "./stopped.ts";
import type { OperationRow } from "./tables.ts";

interface Active {
  readonly row: OperationRow;
  readonly kind: OperationKind;
  readonly execution: Execution;
  readonly done: Promise<void>;
  nextBeatAt: number;
}

/** What this process runs now: heartbeats, cancels that arrive, the end. */
export interface ActiveRuns {
  readonly size: number;
  /** Resolves when its ending is written. */
  run(row: OperationRow, kind: OperationKind): Promise<void>;
  /** Somebody asked to cancel it; nothing happens if it runs elsewhere. */
  cancel(id: string): void;
  /**
   * Waits for all, then stops those that are left. Takes some 10 s longer than the grace at most, also while the
   * database is away: what then has not ended is found by its lease.
   */
  drain(graceMs: number): Promise<void>;
}

const TICK_MS = 500;
/** A stopped handler unwinds for up to 5 s; the rest is for writing down how it ended. */
const STOPPED_WITHIN_MS = 10_000;
/** A kind's lease covers three heartbeats. */
const BEATS_PER_LEASE = 3;

export function createActiveRuns(deps: OperationDeps): ActiveRuns {
  const active = new Map<string, Active>();
  const endings = createEndingWriter(deps);
  let timer: NodeJS.Timeout | undefined;
  let beating = false;

  const follow = async (row: OperationRow, execution: Execution) => {
    const outcome = await execution.outcome;
    if (outcome.to !== "lost") await endings.write({ row, outcome });
    active.delete(row.id);
    if (active.size === 0) clearInterval(timer);
  };

  const beat = async () => {
    if (beating) return;
    const now = performance.now();
    const due = [...active.values()].filter((run) => run.nextBeatAt <= now);
    if (due.length === 0) return;
    beating = true;
    try {
      await sendBeats(deps, due);
    } catch (error) {
      deps.log.warn({ err: error }, "heartbeats of operations did not get through");
    } finally {
      beating = false;
    }
  };

  return {
    get size() {
      return active.size;
    },
    run(row, kind) {
      deps.metrics.started(row);
      if (active.size === 0) timer = setInterval(beat, TICK_MS);
      const execution = execute(deps, row, kind);
      const done = follow(row, execution);
      active.set(row.id, { row, kind, execution, done, nextBeatAt: performance.now() + beatMs(kind) });
      return done;
    },
    cancel(id) {
      const run = active.get(id);
      if (run?.kind.cancellable) run.execution.stop("cancelled");
    },
    async drain(graceMs) {
      const all = () => Promise.all([...active.values()].map((run) => run.done));
      await Promise.race([all(), sleep(graceMs)]);
      stopAll([...active.values()], "shutdown");
      endings.hurry();
      await Promise.race([all(), sleep(STOPPED_WITHIN_MS)]);
      clearInterval(timer);
      if (active.size > 0) deps.log.warn({ operations: [...active.keys()] }, "operations were left to their leases");
    },
  };
}

function stopAll(runs: readonly Active[], reason: StopReason): void {
  for (const run of runs) run.execution.stop(reason);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function beatMs(kind: OperationKind): number {
  return (kind.heartbeatSeconds * 1_000) / BEATS_PER_LEASE;
}

/**
 * One statement for all that are due. A row that somebody else has locked just now is left for the next tick:
 * one slow transaction must not hold up the heartbeats of all.
 */
async function sendBeats(deps: OperationDeps, due: readonly Active[]): Promise<void> {
  const { rows } = await sql<{ id: string; ours: boolean; beaten: boolean; cancel_requested: boolean }>`
    with mine as (
      select * from unnest(${due.map((run) => run.row.id)}::uuid[], ${due.map((run) => run.row.fence)}::bigint[])
        as mine (id, fence)
    ),
    free as (
      select o.id from operations o join mine m on m.id = o.id and m.fence = o.fence
      where o.state = 'running' for no key update of o skip locked
    ),
    beaten as (
      update operations o set heartbeat_at = clock_timestamp() from free f where o.id = f.id returning o.id
    )
    select m.id, coalesce(o.fence = m.fence and o.state = 'running', false) as ours,
      coalesce(o.cancel_requested, false) as cancel_requested, b.id is not null as beaten
    from mine m left join operations o on o.id = m.id left join beaten b on b.id = m.id`.execute(deps.db);
  const answers = new Map(rows.map((row) => [row.id, row]));
  for (const run of due) {
    const answer = answers.get(run.row.id);
    if (!answer?.ours) run.execution.stop("lost");
    else if (answer.cancel_requested && run.kind.cancellable) run.execution.stop("cancelled");
    if (answer?.beaten) run.nextBeatAt = performance.now() + beatMs(run.kind);
  }
  await touchJobs(deps, due);
}

async function touchJobs(deps: OperationDeps, due: readonly Active[]): Promise<void> {
  for (const [queue, runs] of Map.groupBy(due, (run) => run.row.queue)) {
    await deps.queue.touch(
      queue,
      runs.flatMap((run) => run.row.job_id ?? []),
    );
  }
}
