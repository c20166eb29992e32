import { type Kysely, sql } from "kysely";
import type { Trx } from "../database/database.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { OperationActor, Operations, OperationTrx } from "./contract.ts";
import type { OperationTables } from "./tables.ts";

/** Failed operations: these, or all of a kind that nobody has looked at. */
export type SomeFailed = { readonly ids: readonly string[] } | { readonly kind: string };

export interface SomeDone {
  readonly done: number;
  /** There are more of the kind. */
  readonly left: boolean;
}

/** Operations in one transaction: none holds locks for long. */
const AT_ONCE = 100;

/** Begins them anew. One that somebody else was quicker with is left out. */
export async function retryFailed(
  operations: Pick<Operations, "retry">,
  trx: OperationTrx,
  which: SomeFailed,
  by: OperationActor,
): Promise<SomeDone> {
  const { ids, left } = await lockFailed(trx, which);
  for (const id of ids) await operations.retry(trx, id, by);
  return { done: ids.length, left };
}

/** Marks them as seen to: they stand in no list of what is to be done any more. */
export async function lookAtFailed(
  audit: { record(trx: OperationTrx, entry: ReturnType<typeof seenEntry>): Promise<void> },
  trx: OperationTrx,
  which: SomeFailed,
  by: OperationActor,
): Promise<SomeDone> {
  const { ids, left } = await lockFailed(trx, which);
  if (ids.length > 0) {
    await trx
      .updateTable("operations")
      .set({ looked_at: sql<Date>`now()`, looked_by: by.label })
      .where("id", "in", [...ids])
      .execute();
    await audit.record(trx, seenEntry(which, ids, by));
  }
  return { done: ids.length, left };
}

async function lockFailed(trx: OperationTrx, which: SomeFailed): Promise<{ ids: readonly string[]; left: boolean }> {
  const failed = trx.selectFrom("operations").select("id").where("state", "=", "failed");
  const query =
    "kind" in which
      ? failed.where("kind", "=", which.kind).where("looked_at", "is", null)
      : failed.where("id", "in", checked(which.ids));
  const rows = await query
    .orderBy("seq")
    .limit(AT_ONCE + 1)
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  return { ids: rows.slice(0, AT_ONCE).map(({ id }) => id), left: rows.length > AT_ONCE };
}

function checked(ids: readonly string[]): string[] {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const strange = ids.find((id) => !uuid.test(id));
  if (strange !== undefined) throw new StoaError("not_found", { details: { what: "operation" } });
  return [...ids];
}

function seenEntry(which: SomeFailed, ids: readonly string[], by: OperationActor) {
  return {
    action: "operation.look",
    actor: {
      accountId: by.accountId,
      label: by.label,
      credentialKind: by.credentialKind ?? null,
      credentialId: by.credentialId ?? null,
    },
    subject: { kind: "operation", id: "kind" in which ? which.kind : (ids[0] ?? "") },
    about: [],
    requestId: by.requestId ?? null,
    address: by.address ?? null,
    details: { operations: [...ids] },
  };
}

export interface FailedKind {
  readonly kind: string;
  readonly count: number;
  /** The newest of them. */
  readonly id: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly at: Date;
}

/** Failures that nobody has looked at, by kind, the newest first. By their own index: all others are not read. */
export async function unseenFailures(db: Kysely<OperationTables> | Trx, most: number): Promise<FailedKind[]> {
  const { rows } = await sql<FailedKind>`
    with newest as (
      select distinct on (kind) kind, id, subject_kind, subject_id, coalesce(finished_at, created_at) as at,
        count(*) over (partition by kind)::int as count
      from operations where state = 'failed' and looked_at is null order by kind, seq desc
    )
    select kind, count, id, subject_kind as "subjectKind", subject_id as "subjectId", at
    from newest order by at desc limit ${most}`.execute(db);
  return rows;
}
