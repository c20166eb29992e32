import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { StoaError } from "../errors/stoa-error.ts";
import { nameOfDoer } from "../principal.ts";
import { auditEntry, changedEvent, viewersOf } from "./announce.ts";
import type { NewOperation, Operation } from "./contract.ts";
import type { OperationDeps, Trx } from "./deps.ts";
import { line, writeHistory } from "./history.ts";
import { takeKey } from "./idempotency.ts";
import { queueName } from "./kinds.ts";
import { toOperation } from "./rows.ts";
import type { OperationRow } from "./tables.ts";

/** Writes row, history, event, audit entry and job in the caller's transaction; `schedule` names the one that fired. */
export async function enqueue(
  deps: OperationDeps,
  trx: Trx,
  operation: NewOperation,
  schedule: string | null = null,
): Promise<Operation> {
  const id = uuidv7();
  const { idempotencyKey } = operation;
  if (idempotencyKey !== undefined) {
    const earlier = await takeKey(trx, { ...operation, idempotencyKey }, id);
    if (earlier) return toOperation(await readRow(trx, earlier));
  }
  const row = await insertRow(deps, trx, operation, id, schedule);
  const asked = schedule ? line(id, "scheduled", { schedule }) : line(id, "queued", { actor: row.actor_label });
  await writeHistory(trx, [asked]);
  await deps.events.publishAll(trx, [changedEvent(row)]);
  await deps.audit.recordAll(trx, [auditEntry(row, "enqueue", operation.actor)]);
  await sendJob(deps, trx, row);
  return toOperation(row);
}

async function insertRow(
  deps: OperationDeps,
  trx: Trx,
  operation: NewOperation,
  id: string,
  schedule: string | null,
): Promise<OperationRow> {
  const kind = deps.kinds.get(operation.kind);
  const viewers = viewersOf({ actor_id: operation.actor.accountId, audience: [...(operation.audience ?? [])] });
  const { rows } = await sql<OperationRow>`
    with written as (
      insert into operations (id, kind, subject_kind, subject_id, actor_id, actor_label, audience, input,
        max_attempts, cancellable, exclusive, queue, job_id, schedule, not_before)
      values (${id}, ${operation.kind}, ${operation.subject.kind}, ${operation.subject.id},
        ${operation.actor.accountId}, ${nameOfDoer(operation.actor)}, ${[...(operation.audience ?? [])]}::bigint[],
        ${JSON.stringify(operation.input)}::jsonb, ${kind.attempts}, ${kind.cancellable ?? false}, ${kind.exclusive ?? false},
        ${queueName(operation.kind, operation.nodeId)}, ${uuidv7()}, ${schedule},
        ${operation.startAfter ?? sql`now()`})
      returning *
    ),
    seen as (
      insert into operation_viewers (account_id, seq)
      select viewer, written.seq from written, unnest(${viewers}::bigint[]) viewer
    )
    select * from written`.execute(trx);
  const [row] = rows;
  if (!row) throw new Error("the operation was not written");
  return row;
}

/** Sends the row's job, to be handed out not before the row says. Without a queue the sweep will find the row. */
export async function sendJob(
  deps: OperationDeps,
  trx: Trx,
  row: Pick<OperationRow, "id" | "queue" | "job_id" | "not_before">,
): Promise<void> {
  if (!deps.queue.ready || !row.job_id) return;
  const startAfter = row.not_before.getTime() > Date.now() ? { startAfter: row.not_before } : {};
  await deps.queue.send(trx, [{ id: row.job_id, queue: row.queue, operationId: row.id, ...startAfter }]);
}

/** @throws StoaError not_found */
export async function readRow(trx: Pick<Trx, "selectFrom">, id: string): Promise<OperationRow> {
  const row = isUuid(id)
    ? await trx.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst()
    : undefined;
  if (!row) throw new StoaError("not_found", { details: { what: "operation" } });
  return row;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
