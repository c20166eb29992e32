import { type Kysely, sql } from "kysely";
import type { Logger } from "pino";
import type { Trx } from "../database/database.ts";
import type { Operation, OperationActor, OperationKind, Operations, OperationTrx } from "../operations/contract.ts";
import type { OperationTables } from "../operations/tables.ts";
import type { AuditTables } from "./tables.ts";
import { type AuditVerification, verifyAudit } from "./verify.ts";

export const VERIFY_KIND = "audit.verify";

const subject = { kind: "audit", id: "all" } as const;
/** Any number that no other lock has: two who ask at once get one walk. */
const ASK_LOCK = 356_433;

/** Walks the whole chain, however long it is, and tells how far it is. */
export function verifyKind({ db, log }: { readonly db: Kysely<AuditTables>; readonly log: Logger }): OperationKind {
  return {
    kind: VERIFY_KIND,
    attempts: 2,
    heartbeatSeconds: 60,
    expireSeconds: 3_600,
    concurrency: 1,
    exclusive: true,
    cancellable: true,
    async run(run) {
      const result = await verifyAudit(db, {
        signal: run.signal,
        onProgress: (walked, of) => run.progress(of > 0 ? Math.floor((walked / of) * 100) : null),
      });
      if (!result.ok) log.error({ problems: result.problems }, "the audit log has been tampered with");
      return { ...result, head: { ...result.head }, problems: result.problems.map((problem) => ({ ...problem })) };
    },
  };
}

/** Nightly, once in the cluster. Before the start. */
export function keepAuditVerified(platform: {
  readonly db: Kysely<AuditTables>;
  readonly log: Logger;
  readonly operations: Operations;
}): void {
  platform.operations.register(verifyKind(platform));
  const actor = { accountId: null, label: "schedule" };
  platform.operations.schedule(VERIFY_KIND, "11 3 * * *", { kind: VERIFY_KIND, subject, actor, input: {} });
}

/** Begins a walk of the whole chain, or joins the one that is under way. @returns its operation's id */
export async function askToVerify(
  operations: Pick<Operations, "enqueue">,
  trx: OperationTrx,
  by: OperationActor,
): Promise<Pick<Operation, "id">> {
  await sql`select pg_advisory_xact_lock(${ASK_LOCK})`.execute(trx);
  const under = await trx
    .selectFrom("operations")
    .select("id")
    .where("subject_kind", "=", subject.kind)
    .where("subject_id", "=", subject.id)
    .where("state", "in", ["queued", "running"])
    .where("not_before", "<=", sql<Date>`now()`)
    .executeTakeFirst();
  return under ?? operations.enqueue(trx, { kind: VERIFY_KIND, subject, actor: by, input: {} });
}

/** What the last whole walk found; null: there was none, or it is forgotten. */
export async function lastVerification(db: Kysely<OperationTables> | Trx): Promise<AuditVerification | null> {
  const row = await (db as Kysely<OperationTables>)
    .selectFrom("operations")
    .select("result")
    .where("kind", "=", VERIFY_KIND)
    .where("state", "=", "succeeded")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return (row?.result ?? null) as AuditVerification | null;
}
