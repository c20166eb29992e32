import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { auditEntry, changedEvent } from "./announce.ts";
import type { OperationDeps, Trx } from "./deps.ts";
import { type HistoryLine, line, writeHistory } from "./history.ts";
import { inSeconds, type Outcome } from "./outcome.ts";
import { hasEnded, toOperation } from "./rows.ts";
import type { OperationRow } from "./tables.ts";
import { sendNextInLine, sendNextOfActors } from "./turns.ts";

type Written = Exclude<Outcome, { to: "lost" }>;

export interface Ending {
  /** As claimed: its fence and job. */
  readonly row: OperationRow;
  readonly outcome: Written;
}

/** Writes endings, fenced; those whose operation was taken over write nothing. */
export async function writeEndings(deps: OperationDeps, endings: readonly Ending[]): Promise<void> {
  const ended = await deps.db.transaction().execute(async (trx) => {
    const rows = await updateRows(trx, endings);
    const byId = new Map(endings.map((ending) => [ending.row.id, ending]));
    const lines = rows.flatMap((row) => linesFor(row, byId.get(row.id)?.outcome));
    await writeHistory(trx, lines);
    await deps.events.publishAll(trx, rows.map(changedEvent));
    await deps.audit.recordAll(trx, rows.flatMap(auditFor));
    await deps.onEnded?.(trx, rows.filter(({ state }) => hasEnded(state)).map(toOperation));
    await replaceJobs(deps, trx, rows, byId);
    await sendNextInLine(deps, trx, rows);
    await sendNextOfActors(deps, trx, rows);
    return rows;
  });
  for (const row of ended) if (hasEnded(row.state)) deps.metrics.ended(row);
  if (ended.length < endings.length) {
    const kept = new Set(ended.map((row) => row.id));
    const lost = endings.filter(({ row }) => !kept.has(row.id)).map(({ row }) => row.id);
    deps.log.warn({ operations: lost }, "operations had been taken over by another worker; their endings were dropped");
  }
}

async function updateRows(trx: Trx, endings: readonly Ending[]): Promise<OperationRow[]> {
  const input = endings.map(({ row, outcome }) => ({
    id: row.id,
    fence: row.fence,
    state: outcome.to,
    result: outcome.to === "succeeded" ? outcome.result : null,
    error: outcome.to === "succeeded" ? null : outcome.error,
    delay_ms: outcome.to === "queued" ? outcome.delayMs : 0,
    uncount: outcome.to === "queued" && !outcome.counts ? 1 : 0,
    next_job: outcome.to === "queued" ? uuidv7() : null,
  }));
  const { rows } = await sql<OperationRow>`
    with ending as (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as ending (
        id uuid, fence bigint, state text, result jsonb, error jsonb, delay_ms bigint, uncount int, next_job uuid)
    ),
    held as (
      select o.id from operations o join ending e on e.id = o.id and e.fence = o.fence
      where o.state = 'running' order by o.id for update of o
    )
    update operations o set
      state = e.state, fence = o.fence + 1, worker = null, heartbeat_at = null, expires_at = null,
      result = e.result, error = e.error,
      progress = case when e.state = 'succeeded' and o.progress is not null then 100 else o.progress end,
      attempt = o.attempt - case when o.settling is null then e.uncount else 0 end,
      settle_attempts = o.settle_attempts - case when o.settling is null then 0 else e.uncount end,
      settling = case when e.state = 'queued' then o.settling end,
      not_before = case when e.state = 'queued' then now() + e.delay_ms * interval '1 ms' else o.not_before end,
      job_id = e.next_job,
      finished_at = case when e.state <> 'queued' then clock_timestamp() end
    from ending e join held h on h.id = e.id
    where o.id = e.id
    returning o.*`.execute(trx);
  return rows;
}

function linesFor(row: OperationRow, outcome: Written | undefined): HistoryLine[] {
  switch (outcome?.to) {
    case "succeeded":
      return [line(row.id, "succeeded", { seconds: secondsOf(row) })];
    case "failed": {
      const failed = line(row.id, "failed", { reason: row.error?.message ?? "" });
      return outcome.extra ? [outcome.extra, failed] : [failed];
    }
    case "cancelled":
      return [...(outcome.extra ? [outcome.extra] : []), line(row.id, "cancelled")];
    case "queued":
      return [outcome.line];
    default:
      return [];
  }
}

function secondsOf(row: OperationRow): number {
  const from = row.started_at ?? row.created_at;
  return inSeconds((row.finished_at ?? new Date()).getTime() - from.getTime());
}

function auditFor(row: OperationRow) {
  const by = { accountId: row.actor_id, label: row.actor_label };
  if (row.state === "succeeded") return [auditEntry(row, "succeed", by)];
  if (row.state === "failed") return [auditEntry(row, "fail", by)];
  return row.state === "cancelled" ? [auditEntry(row, "end_cancelled", by)] : [];
}

async function replaceJobs(
  deps: OperationDeps,
  trx: Trx,
  rows: readonly OperationRow[],
  endings: ReadonlyMap<string, Ending>,
): Promise<void> {
  for (const [queue, own] of Map.groupBy(rows, (row) => row.queue)) {
    const done = own.flatMap((row) => endings.get(row.id)?.row.job_id ?? []);
    await deps.queue.remove(trx, queue, done);
  }
  const again = rows.flatMap((row) =>
    row.state === "queued" && row.job_id
      ? [{ id: row.job_id, queue: row.queue, operationId: row.id, ...later(row) }]
      : [],
  );
  await deps.queue.send(trx, again);
}

function later(row: OperationRow): { startAfter?: Date } {
  return row.not_before.getTime() > Date.now() ? { startAfter: row.not_before } : {};
}
