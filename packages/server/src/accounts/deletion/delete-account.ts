import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun, OperationTrx } from "../../platform/operations/contract.ts";
import type { AccountRow } from "../account.ts";
import type { AccountPart } from "../account-part.ts";
import { SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { endPersonalTokens, endSignIns } from "../passwords/password-change.ts";
import { lockActiveAdmins } from "../people/people.ts";
import { record } from "../record.ts";
import type { AccountsTrx, AccountTables } from "../tables.ts";
import { anonymise } from "./anonymise.ts";

export const DELETE_KIND = "account.delete";
/** Milliseconds between two looks at what a domain has still to remove. */
const LOOK_EVERY_MS = 500;

/**
 * Carries a deletion out, step by step: the account is closed, what the person owns is ended domain by domain, the
 * rest is anonymised. Killed at any point, it is begun anew, and each step finds what is done already.
 */
export function deleteAccountKind(context: AccountsContext, parts: readonly AccountPart[]): OperationKind {
  async function run(run: OperationRun): Promise<JsonObject> {
    const accountId = Number(run.operation.subject.id);
    const begun = await run.step("Closing the account.", (trx) => close(context, widen(trx), run, accountId));
    if (!begun) return { cancelled: true };
    for (const [index, part] of parts.entries()) {
      await run.progress(Math.round((100 * index) / (parts.length + 1)));
      await removeAll(run, part, accountId);
    }
    await run.step("Only the user name is left of it, so that nobody takes it.", (trx) =>
      anonymise(context, widen(trx), accountId),
    );
    return { deleted: true };
  }

  return {
    kind: DELETE_KIND,
    attempts: 20,
    heartbeatSeconds: 10,
    expireSeconds: 3_600,
    concurrency: 2,
    exclusive: true,
    run,
    async settle(run) {
      const note = "The deletion did not succeed. What was begun stays closed; an administrator can try it again.";
      await run.step(note, (trx) => letGo(widen(trx), run));
    },
  };
}

async function removeAll(run: OperationRun, part: AccountPart, accountId: number): Promise<void> {
  if (!part.remove) return;
  while (!(await part.remove(accountId))) {
    await delay(LOOK_EVERY_MS, undefined, { signal: run.signal });
  }
  await run.step(`Removed: ${part.name}.`, async () => undefined);
}

/** @returns false when nobody wants it any more: it was cancelled, perhaps asked for anew by another operation */
async function close(
  context: AccountsContext,
  trx: AccountsTrx,
  { operation }: OperationRun,
  accountId: number,
): Promise<boolean> {
  // Without those whose deletion is asked for: this one is not among them.
  const admins = await lockActiveAdmins(trx);
  const account = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", accountId)
    .forUpdate()
    .executeTakeFirst();
  if (!account || account.deletion_operation_id !== operation.id) return false;
  if (account.deletion_begun_at !== null || account.deleted_at !== null) return true;
  if (account.is_admin && account.status === "active" && admins.length === 0) {
    throw new StoaError("conflict", { details: { problem: "it is the last active administrator by now" } });
  }
  await begin(context, trx, account);
  return true;
}

async function begin(context: AccountsContext, trx: AccountsTrx, account: AccountRow): Promise<void> {
  await trx
    .updateTable("accounts")
    .set({
      status: "deactivated",
      deletion_begun_at: sql<Date>`now()`,
      token_epoch: sql`token_epoch + 1`,
      updated_at: sql<Date>`now()`,
    })
    .where("id", "=", account.id)
    .execute();
  await endSignIns(trx, (what) => context.platform.revocations.revoke(trx, what), account);
  await endPersonalTokens(trx, account.id);
  // The same as any deactivation, for those who listen for it: sessions end.
  const action = "account.deactivate";
  await record(context, trx, { action, actor: SYSTEM, account, event: "account.changed" });
}

/** Not begun: the account is as before. What was asked for anew since is another operation's. */
async function letGo(trx: AccountsTrx, { operation }: OperationRun): Promise<void> {
  await trx
    .updateTable("accounts")
    .set({ deletion_due_at: null, deletion_by_admin: false, deletion_operation_id: null })
    .where("id", "=", Number(operation.subject.id))
    .where("deletion_operation_id", "=", operation.id)
    .where("deletion_begun_at", "is", null)
    .execute();
}

function widen(trx: OperationTrx): AccountsTrx {
  return trx.withTables<AccountTables>() as AccountsTrx;
}
