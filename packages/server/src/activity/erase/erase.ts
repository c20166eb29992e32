import type { FastifyRequest } from "fastify";
import { sql } from "kysely";
import { entryBy } from "../../platform/audit/entry-by.ts";
import type { OperationKind } from "../../platform/operations/contract.ts";
import type { ActivityContext } from "../context.ts";
import { recount } from "../figures/queries.ts";
import { lockFigures } from "../ingest/write.ts";
import { type ActivityTrx, widen } from "../tables.ts";

const ERASE = "activity.erase";
/** Executions in one step: some tenths of a second, in which the person's reports wait. */
const AT_ONCE = 2_000;
/** For the person's figures: longer than any report takes. The operation is tried again. */
const PATIENCE_MS = 30_000;

interface Range {
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * Has a person's own activity of that time deleted, what there is now at most.
 * @returns the operation's id
 */
export async function requestErasing(
  { db, platform }: Pick<ActivityContext, "db" | "platform">,
  accountId: number,
  { from, to }: Range,
  request: FastifyRequest,
): Promise<string> {
  const { actor, requestId, address } = entryBy(request);
  const subject = { kind: "account", id: String(accountId) };
  const range = { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null };
  return db.transaction().execute(async (trx) => {
    // What is being written has its number by then, and what comes afterwards sees that it was erased.
    await lockFigures(widen(trx), accountId);
    const newest = await sql<{ id: number }>`select last_value as id from activity_ids`.execute(trx);
    const { id } = await platform.operations.enqueue(trx, {
      kind: ERASE,
      subject,
      actor: { ...actor, requestId: requestId ?? null, address: address ?? null },
      input: { account: accountId, ...range, upToId: newest.rows[0]?.id ?? 0 },
    });
    await platform.audit.record(trx, {
      ...{ action: ERASE, actor, subject: { ...subject, label: actor.label }, about: [accountId] },
      ...{ requestId: requestId ?? null, address: address ?? null, details: range },
    });
    return id;
  });
}

/** Step by step; a repeated one finds less. */
export function eraseKind({ platform }: Pick<ActivityContext, "platform">): OperationKind {
  return {
    ...{ kind: ERASE, attempts: 5, heartbeatSeconds: 60, expireSeconds: 3_600, concurrency: 1, exclusive: true },
    async run(run) {
      const { account, from, to, upToId } = run.operation.input as Record<string, string | number | null>;
      const range = { from: dateOf(from), to: dateOf(to), upToId: Number(upToId) };
      let erased = Number(run.kept?.erased ?? 0);
      for (;;) {
        run.signal.throwIfAborted();
        const gone = await run.step(null, (trx) => eraseSome(widen(trx), Number(account), range));
        erased += gone;
        await run.keep({ erased });
        if (gone < AT_ONCE) break;
      }
      await run.step("The activity was deleted.", (trx) =>
        platform.events.publish(trx, {
          type: "activity.changed",
          subject: { kind: "account", id: String(account) },
          audience: [Number(account)],
          isPrivate: true,
          data: { erased },
        }),
      );
      return { erased };
    },
  };
}

/** @param range `upToId`: what came later stays; null: nothing does. @returns how many are gone */
export async function eraseSome(
  trx: ActivityTrx,
  accountId: number,
  { from, to, upToId }: Range & { readonly upToId: number | null },
): Promise<number> {
  await sql`set local lock_timeout = ${sql.lit(PATIENCE_MS)}`.execute(trx);
  await lockFigures(trx, accountId);
  const { rows } = await sql<{ day: string; gone: number }>`
    with meant as (
      select at, id from activity_executions where account_id = ${accountId}
        and at >= ${from?.toISOString() ?? "-infinity"}::timestamptz
        and at < ${to?.toISOString() ?? "infinity"}::timestamptz
        and (${upToId}::bigint is null or id <= ${upToId}::bigint)
      order by at, id limit ${AT_ONCE}
    ), gone as (
      delete from activity_executions e using meant m
      where e.at = m.at and e.id = m.id and e.account_id = ${accountId} returning e.at
    ) select (at at time zone 'UTC')::date::text as day, count(*)::int as gone from gone group by 1`.execute(trx);
  if (rows.length > 0) {
    await recount(
      trx,
      accountId,
      rows.map(({ day }) => day),
    );
  }
  return rows.reduce((sum, { gone }) => sum + gone, 0);
}

function dateOf(value: string | number | null | undefined): Date | null {
  return typeof value === "string" ? new Date(value) : null;
}
