import { sql } from "kysely";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun, OperationTrx } from "../../../platform/operations/contract.ts";
import type { AccountPart } from "../../account-part.ts";
import type { Actor } from "../../actor.ts";
import type { AccountsContext } from "../../context.ts";
import type { AccountsTrx, AccountTables } from "../../tables.ts";
import { lockActiveAdmins } from "../people.ts";
import { idsOfPeople, type PeopleFilter } from "../people-queries.ts";
import { bulkRefusal } from "./refusals.ts";
import { ownVerbs, type PeopleVerb } from "./verbs.ts";

export const CHANGE_KIND = "people.change";
/** At a time. */
export const MOST_PEOPLE = 10_000;

export type Verbs = ReadonlyMap<string, PeopleVerb>;

/** All domains' verbs; complete once all have contributed. */
export function verbsOf(context: AccountsContext, parts: readonly AccountPart[]): Verbs {
  const all = [ownVerbs(context), ...parts.map((part) => part.verbs ?? {})];
  return new Map(all.flatMap((verbs) => Object.entries(verbs)));
}

export interface WantedChange {
  readonly verb: string;
  readonly params: JsonObject;
  /** Whom: those named, or all of a list. */
  readonly people: PeopleFilter;
  /** How many whoever asks means; others meanwhile: nobody is changed. */
  readonly expected?: number | undefined;
}

/**
 * Queues a change of many people: one row each from the beginning, so that each is done once, whatever crashes.
 * @returns the operation and how many it is about
 * @throws a refusal: nobody, too many, not as many as expected
 */
export async function queueChange(
  context: AccountsContext,
  wanted: WantedChange,
  actor: Actor,
): Promise<{ id: string; count: number }> {
  const ids = await idsOfPeople(context.db, wanted.people, MOST_PEOPLE + 1);
  if (ids.length === 0) throw bulkRefusal("nobody_chosen");
  if (ids.length > MOST_PEOPLE) throw bulkRefusal("too_many_people", { most: MOST_PEOPLE });
  const { expected = ids.length } = wanted;
  if (expected !== ids.length) throw bulkRefusal("other_count", { count: ids.length, expected });
  const input = { verb: wanted.verb, params: wanted.params };
  return context.db.transaction().execute(async (trx) => {
    const id = await enqueue(context, trx, input, actor);
    await sql`insert into people_changes (operation_id, account_id)
      select ${id}, unnest(${ids}::bigint[])`.execute(trx);
    return { id, count: ids.length };
  });
}

/**
 * Queues the way back of a change: of those alone whom it changed.
 * Nobody's is undone twice: whoever was changed since by somebody else stays so.
 * @throws a refusal: no such change, one that goes on, one that can't be undone, nobody left
 */
export async function queueUndo(
  context: AccountsContext,
  verbs: Verbs,
  id: string,
  actor: Actor,
): Promise<{ id: string; count: number }> {
  const done = await context.platform.operations.get(id);
  if (done?.kind !== CHANGE_KIND) throw bulkRefusal("no_such_change");
  const { verb, params, undo } = done.input;
  if (verbs.get(String(verb))?.undo === undefined || undo !== undefined) throw bulkRefusal("not_undoable");
  return context.db.transaction().execute(async (trx) => {
    await requireEnded(trx, id);
    const next = await enqueue(context, trx, { verb: verb ?? "", params: params ?? {}, undo: id }, actor);
    const { numAffectedRows: count } = await sql`
      with undone as (
        update people_changes set undone_by = ${next}
        where operation_id = ${id} and outcome = 'changed' and before is not null and undone_by is null
        returning account_id, before
      )
      insert into people_changes (operation_id, account_id, before)
      select ${next}::uuid, account_id, before from undone`.execute(trx);
    if (!count) throw bulkRefusal("nobody_chosen");
    return { id: next, count: Number(count) };
  });
}

/** Held as it is: an ended one may be begun anew. */
async function requireEnded(trx: AccountsTrx, id: string): Promise<void> {
  const { rows } = await sql<{ state: string }>`select state from operations where id = ${id} for update`.execute(trx);
  if (["queued", "running"].includes(rows[0]?.state ?? "queued")) throw bulkRefusal("has_not_ended");
}

async function enqueue(context: AccountsContext, trx: AccountsTrx, input: JsonObject, actor: Actor): Promise<string> {
  const { by: _, ...asked } = actor;
  const operation = await context.platform.operations.enqueue(trx, {
    kind: CHANGE_KIND,
    subject: { kind: "people", id: "many" },
    actor,
    input: { ...input, actor: asked },
  });
  return operation.id;
}

/** One person a step, each in a transaction of their own: what is refused to one holds nobody else up. */
export function changeManyKind(context: AccountsContext, verbs: () => Verbs): OperationKind {
  async function run(run: OperationRun): Promise<JsonObject> {
    const { id, input } = run.operation;
    const verb = verbs().get(String(input.verb));
    if (verb === undefined) throw new StoaError("not_found", { details: { what: "such change" } });
    const total = await count(id, null);
    for (let done = await count(id, true); ; done += 1) {
      const next = await nextOf(id);
      if (next === null) break;
      await changeOne(run, verb, next);
      await run.progress(Math.floor((100 * (done + 1)) / Math.max(1, total)));
    }
    return (await tally(context, id)) as unknown as JsonObject;
  }

  async function changeOne(run: OperationRun, verb: PeopleVerb, accountId: number): Promise<void> {
    const { id, input } = run.operation;
    try {
      await run.step(null, async (trx) => {
        const wide = widen(trx);
        const by = input.actor as unknown as Actor;
        // For every verb: whoever asked may have lost the role since.
        if (!(await lockActiveAdmins(wide)).includes(by.accountId ?? -1)) throw bulkRefusal("not_admin_any_more");
        const revoke = (what: Parameters<typeof context.platform.revocations.revoke>[1]) =>
          context.platform.revocations.revoke(wide, what);
        const one = {
          trx: wide,
          revoke,
          accountId,
          params: input.params as JsonObject,
          actor: by,
        };
        const before = input.undo === undefined ? await verb.apply(one) : await putBack(verb, one, id);
        await settle(wide, id, accountId, { outcome: before === null ? "unchanged" : "changed", before });
      });
    } catch (error) {
      if (!(error instanceof StoaError) || error.status >= 500) throw error;
      await run.step(null, (trx) => settle(widen(trx), id, accountId, { outcome: "refused", reason: reasonOf(error) }));
    }
  }

  async function count(id: string, settled: true | null): Promise<number> {
    const query = context.db.selectFrom("people_changes").where("operation_id", "=", id);
    const rows = settled === null ? query : query.where("outcome", "is not", null);
    const { n } = await rows.select((e) => e.fn.countAll<string>().as("n")).executeTakeFirstOrThrow();
    return Number(n);
  }

  async function nextOf(id: string): Promise<number | null> {
    const waiting = context.db.selectFrom("people_changes").select("account_id").where("operation_id", "=", id);
    const next = waiting.where("outcome", "is", null).orderBy("account_id").limit(1);
    return (await next.executeTakeFirst())?.account_id ?? null;
  }

  return {
    kind: CHANGE_KIND,
    attempts: 10,
    heartbeatSeconds: 10,
    expireSeconds: 3_600,
    concurrency: 2,
    perActor: 1,
    cancellable: true,
    signIn: true,
    run,
  };
}

async function putBack(verb: PeopleVerb, one: Parameters<PeopleVerb["apply"]>[0], id: string) {
  const row = await one.trx
    .selectFrom("people_changes")
    .select("before")
    .where("operation_id", "=", id)
    .where("account_id", "=", one.accountId)
    .executeTakeFirst();
  await verb.undo?.(one, (row?.before ?? {}) as JsonObject);
  return {};
}

async function settle(
  trx: AccountsTrx,
  id: string,
  accountId: number,
  {
    outcome,
    reason = null,
    before = null,
  }: { outcome: "changed" | "unchanged" | "refused"; reason?: string | null; before?: JsonObject | null },
): Promise<void> {
  await trx
    .updateTable("people_changes")
    .set({ outcome, reason, before: before === null ? null : JSON.stringify(before) })
    .where("operation_id", "=", id)
    .where("account_id", "=", accountId)
    .execute();
}

/** The refusal's own name, which the portal says in the reader's language; else its text. */
function reasonOf(error: StoaError): string {
  const { reason } = error.details;
  return typeof reason === "string" ? reason : error.message.slice(0, 300);
}

export interface Tally {
  readonly total: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Changed, and not taken back so far. */
  readonly undoable: number;
}

export async function tally({ db }: Pick<AccountsContext, "db">, id: string): Promise<Tally> {
  const { rows } = await sql<Tally>`
    select count(*)::int as total, count(*) filter (where outcome = 'changed')::int as changed,
      count(*) filter (where outcome = 'unchanged')::int as unchanged,
      count(*) filter (where outcome = 'refused')::int as refused,
      count(*) filter (where outcome = 'changed' and before is not null and undone_by is null)::int as undoable
    from people_changes where operation_id = ${id}`.execute(db);
  return rows[0] as Tally;
}

function widen(trx: OperationTrx): AccountsTrx {
  return trx.withTables<AccountTables>() as unknown as AccountsTrx;
}
