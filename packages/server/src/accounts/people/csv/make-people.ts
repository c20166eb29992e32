import { sql } from "kysely";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun, OperationTrx } from "../../../platform/operations/contract.ts";
import type { Actor } from "../../actor.ts";
import type { AccountsContext } from "../../context.ts";
import { putMemberIn } from "../../groups/change-members.ts";
import type { AccountsTrx, AccountTables } from "../../tables.ts";
import { bulkRefusal } from "../bulk/refusals.ts";
import { createPersonIn } from "../create-person.ts";
import { lockActiveAdmins } from "../people.ts";
import { checkPeople, type PersonOfFile } from "./check-people.ts";
import { csvRefusal } from "./refusals.ts";

export const IMPORT_KIND = "people.import";

/**
 * Queues the making of all people of a file: one row each from the beginning, so that each is made once, whatever
 * crashes. A file in which anything is wrong makes nobody.
 * @param skipsExisting whoever has an account already is left out; else that is wrong, too
 * @throws a refusal with how much is wrong; nobody new
 */
export async function queueImport(
  context: AccountsContext,
  { csv, skipsExisting }: { readonly csv: string; readonly skipsExisting: boolean },
  actor: Actor,
): Promise<{ id: string; count: number; skipped: number }> {
  const { people, existing, wrong } = await checkPeople(context, csv);
  const count = wrong + (skipsExisting ? 0 : existing);
  if (count > 0) throw csvRefusal("wrong_lines", { count });
  if (people.length === 0) throw csvRefusal("nobody_new");
  const { by: _, ...asked } = actor;
  return context.db.transaction().execute(async (trx) => {
    const { id } = await context.platform.operations.enqueue(trx, {
      kind: IMPORT_KIND,
      subject: { kind: "people", id: "many" },
      actor,
      input: { count: people.length, actor: asked },
    });
    await sql`insert into people_imports (operation_id, line, username, person)
      select ${id}, (p ->> 'line')::int, p ->> 'username', p
      from jsonb_array_elements(${JSON.stringify(people)}::jsonb) p`.execute(trx);
    return { id, count: people.length, skipped: existing };
  });
}

/** One person a step, whole: account, link, mail and groups, or nothing of it. Never an administrator. */
export function importKind(context: AccountsContext): OperationKind {
  async function run(run: OperationRun): Promise<JsonObject> {
    const { id } = run.operation;
    let { total, settled } = await importTally(context, id);
    for (let next = await nextOf(id); next !== undefined; next = await nextOf(id)) {
      await makeOne(run, next);
      settled += 1;
      await run.progress(Math.floor((100 * settled) / Math.max(1, total)));
    }
    return (await importTally(context, id)) as unknown as JsonObject;
  }

  async function makeOne(run: OperationRun, { line, person }: Waiting): Promise<void> {
    const { id, input } = run.operation;
    const by = input.actor as unknown as Actor;
    try {
      if (person === null) throw csvRefusal("forgotten");
      await run.step(null, async (narrow) => {
        const trx = widen(narrow);
        // Whoever asked may have lost the role since.
        if (!(await lockActiveAdmins(trx)).includes(by.accountId ?? -1)) throw bulkRefusal("not_admin_any_more");
        const accountId = await make(trx, person, by);
        // Their name is their account's from now on, and goes with it.
        await settle(trx, id, line, { outcome: "made", account_id: accountId, username: "" });
      });
    } catch (error) {
      if (!(error instanceof StoaError) || error.status >= 500) throw error;
      const reason = String(error.details.reason ?? error.message).slice(0, 300);
      await run.step(null, (trx) => settle(widen(trx), id, line, { outcome: "refused", reason }));
    }
  }

  async function make(trx: AccountsTrx, person: PersonOfFile, by: Actor): Promise<number> {
    const { username, full_name, email, organization, locale, group_ids: groupIds } = person;
    const { account } = await createPersonIn(context, trx, { username, full_name, email, organization, locale }, by);
    const viewer = { id: by.accountId ?? -1, isAdmin: true };
    // Locked one by one until the end: another file names them in another order.
    for (const groupId of groupIds.toSorted((one, other) => one - other)) {
      await putMemberIn(context, trx, viewer, groupId, { accountId: account.id, isOwner: null }, by);
    }
    return account.id;
  }

  async function nextOf(id: string): Promise<Waiting | undefined> {
    const rows = context.db.selectFrom("people_imports").select(["line", "person"]).where("operation_id", "=", id);
    const next = await rows.where("outcome", "is", null).orderBy("line").limit(1).executeTakeFirst();
    return next as unknown as Waiting | undefined;
  }

  /** Whom it did not come to: the file is there to be sent again. */
  async function forget(run: OperationRun): Promise<void> {
    await run.step(null, async (trx) => {
      const rows = widen(trx).updateTable("people_imports").set({ person: null });
      await rows.where("operation_id", "=", run.operation.id).execute();
    });
  }

  return {
    kind: IMPORT_KIND,
    attempts: 10,
    heartbeatSeconds: 10,
    expireSeconds: 3_600,
    concurrency: 1,
    perActor: 1,
    cancellable: true,
    signIn: true,
    run,
    settle: forget,
  };
}

/** Not come to yet; null: it ended before, and nothing is known of them any more. */
interface Waiting {
  readonly line: number;
  readonly person: PersonOfFile | null;
}

/** What the file said of them is forgotten. */
async function settle(
  trx: AccountsTrx,
  id: string,
  line: number,
  values: { outcome: "made" | "refused"; reason?: string; account_id?: number; username?: "" },
): Promise<void> {
  const row = trx.updateTable("people_imports").set({ ...values, person: null });
  await row.where("operation_id", "=", id).where("line", "=", line).execute();
}

export interface ImportTally {
  readonly total: number;
  readonly settled: number;
  readonly made: number;
  readonly refused: number;
}

export async function importTally({ db }: Pick<AccountsContext, "db">, id: string): Promise<ImportTally> {
  const { rows } = await sql<ImportTally>`
    select count(*)::int as total, count(outcome)::int as settled,
      count(*) filter (where outcome = 'made')::int as made,
      count(*) filter (where outcome = 'refused')::int as refused
    from people_imports where operation_id = ${id}`.execute(db);
  return rows[0] as ImportTally;
}

function widen(trx: OperationTrx): AccountsTrx {
  return trx.withTables<AccountTables>() as unknown as AccountsTrx;
}
