import { type RawBuilder, sql, type Updateable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { StoaError } from "../errors/stoa-error.ts";
import { SignInOnly } from "../http/authorisation.ts";
import { isSignIn, nameOfDoer } from "../principal.ts";
import { auditEntry, changedEvent } from "./announce.ts";
import type { Operation, OperationActor, OperationKind } from "./contract.ts";
import type { OperationDeps, Trx } from "./deps.ts";
import { isUuid, readRow, sendJob } from "./enqueue.ts";
import { type HistoryLine, line, writeHistory } from "./history.ts";
import { hasEnded, toOperation } from "./rows.ts";
import type { OperationRow, OperationTables } from "./tables.ts";
import { sendNextInLine } from "./turns.ts";

/**
 * Asks for an operation to end. A running one is told; one that waits ends at once, or goes to a worker that
 * puts things in order. Asking again changes nothing.
 * @throws StoaError not_found, conflict (ended, or its kind can't be cancelled)
 */
export async function requestCancel(deps: OperationDeps, trx: Trx, id: string, by: OperationActor): Promise<Operation> {
  const row = await lockRow(trx, id);
  const kind = deps.kinds.get(row.kind);
  requireSignIn(kind, by);
  if (hasEnded(row.state)) throw conflict("It has already ended");
  if (!row.cancellable || row.settling === "failed") throw conflict("It can't be cancelled any more");
  if (row.cancel_requested) return toOperation(row);
  const asked = line(id, "cancel_requested", { actor: nameOfDoer(by) });
  if (row.state === "running") return save(deps, trx, id, { cancel_requested: true }, "cancel", by, [asked]);
  if (!kind.settle) {
    const ended = { cancel_requested: true, state: "cancelled", finished_at: new Date(), job_id: null } as const;
    return save(deps, trx, id, ended, "cancel", by, [asked, line(id, "cancelled")]);
  }
  const next = { cancel_requested: true, settling: "cancelled", not_before: dueNow, job_id: uuidv7() } as const;
  return save(deps, trx, id, next, "cancel", by, [asked]);
}

/**
 * Its own domain takes back what it has not begun: it ends as cancelled at once, cancellable or not, and nothing is put
 * in order. Call it while holding the lock under which its run looks whether it is wanted still.
 * @returns false: it runs, is just being taken up, or has ended; nothing is changed
 */
export async function withdraw(deps: OperationDeps, trx: Trx, id: string, by: OperationActor): Promise<boolean> {
  // Whoever holds the row may wait for the caller's lock: never wait for them.
  const row = await trx
    .selectFrom("operations")
    .select("id")
    .where("id", "=", id)
    .where("state", "=", "queued")
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!row) return false;
  const finished_at = new Date();
  const ended = { cancel_requested: true, state: "cancelled", settling: null, finished_at, job_id: null } as const;
  const lines = [line(id, "cancel_requested", { actor: nameOfDoer(by) }), line(id, "cancelled")];
  await save(deps, trx, id, ended, "cancel", by, lines);
  return true;
}

/**
 * Begins a failed or cancelled operation anew, with all its attempts.
 * @throws StoaError not_found, conflict (it has not failed)
 */
export async function retry(deps: OperationDeps, trx: Trx, id: string, by: OperationActor): Promise<Operation> {
  const row = await lockRow(trx, id);
  if (row.state !== "failed" && row.state !== "cancelled")
    throw conflict("Only what failed or was cancelled can be tried again");
  const kind = deps.kinds.get(row.kind);
  requireSignIn(kind, by);
  const anew = {
    state: "queued",
    attempt: 0,
    max_attempts: kind.attempts,
    settle_attempts: 0,
    settling: null,
    cancel_requested: false,
    progress: null,
    message: null,
    error: null,
    result: null,
    not_before: dueNow,
    job_id: uuidv7(),
    started_at: null,
    finished_at: null,
    looked_at: null,
    looked_by: null,
  } as const;
  return save(deps, trx, id, anew, "retry", by, [line(id, "retried", { actor: nameOfDoer(by) })]);
}

/** Whoever is no credential is the server itself, or its host. */
function requireSignIn({ signIn = false }: OperationKind, { credentialKind = null }: OperationActor): void {
  if (signIn && credentialKind !== null && !isSignIn({ credential: { kind: credentialKind } })) throw new SignInOnly();
}

/** By the database's clock: a worker claims by that one. */
const dueNow = sql<Date>`least(not_before, now())`;

async function lockRow(trx: Trx, id: string): Promise<OperationRow> {
  const row = isUuid(id)
    ? await trx.selectFrom("operations").selectAll().where("id", "=", id).forNoKeyUpdate().executeTakeFirst()
    : undefined;
  return row ?? readRow(trx, id);
}

type Changes = Omit<Updateable<OperationTables["operations"]>, "not_before"> & { not_before?: RawBuilder<Date> };

async function save(
  deps: OperationDeps,
  trx: Trx,
  id: string,
  changes: Changes,
  action: "cancel" | "retry",
  by: OperationActor,
  lines: readonly HistoryLine[],
): Promise<Operation> {
  const row = await trx
    .updateTable("operations")
    .set(changes)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await writeHistory(trx, lines);
  await deps.events.publishAll(trx, [changedEvent(row)]);
  await deps.audit.recordAll(trx, [auditEntry(row, action, by)]);
  if (row.state === "queued") await sendJob(deps, trx, row);
  if (hasEnded(row.state)) await sendNextInLine(deps, trx, [row]);
  return toOperation(row);
}

function conflict(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
