import { createHash } from "node:crypto";
import { sql } from "kysely";
import { canonicalJson } from "../audit/canonical-json.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { NewOperation } from "./contract.ts";
import type { Trx } from "./deps.ts";

const KEPT_HOURS = 24;

/**
 * Takes the key for a new operation. Whoever asks with the same key at the same moment waits until this
 * transaction has ended.
 * @returns null when the key is ours now, else the operation that has it.
 * @throws StoaError idempotency_mismatch when it was used for something else.
 */
export async function takeKey(
  trx: Trx,
  operation: NewOperation & { readonly idempotencyKey: string },
  id: string,
): Promise<string | null> {
  const actor = operation.actor.accountId === null ? operation.actor.label : String(operation.actor.accountId);
  const row = {
    actor: `${operation.actor.accountId === null ? "label" : "account"}:${actor}`,
    kind: operation.kind,
    key: operation.idempotencyKey,
    input_hash: hashRequest(operation),
    operation_id: id,
  };
  const { rows: taken } = await sql`
    insert into operation_keys (actor, kind, key, input_hash, operation_id)
    values (${row.actor}, ${row.kind}, ${row.key}, ${row.input_hash}, ${id})
    on conflict (actor, kind, key) do update
      set input_hash = excluded.input_hash, operation_id = excluded.operation_id, created_at = now()
      where operation_keys.created_at < now() - make_interval(hours => ${KEPT_HOURS})
    returning 1`.execute(trx);
  if (taken.length > 0) return null;
  const found = await trx
    .selectFrom("operation_keys")
    .select(["operation_id", "input_hash"])
    .where("actor", "=", row.actor)
    .where("kind", "=", row.kind)
    .where("key", "=", row.key)
    .executeTakeFirstOrThrow();
  if (!found.input_hash.equals(row.input_hash)) throw new StoaError("idempotency_mismatch");
  return found.operation_id;
}

function hashRequest({ subject, input, nodeId }: NewOperation): Buffer {
  return createHash("sha256").update(canonicalJson({ subject, input, nodeId })).digest();
}

/** Keys past their time; a key is also taken over when it is met again. */
export async function forgetOldKeys(trx: Trx): Promise<void> {
  await sql`delete from operation_keys where created_at < now() - make_interval(hours => ${KEPT_HOURS})`.execute(trx);
}
