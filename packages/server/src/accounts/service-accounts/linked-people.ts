import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { isShowable } from "../identity-rules.ts";
import { record } from "../record.ts";
import { revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";
import { endMinted } from "./end-minted.ts";
import type { LinkedPerson } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";
import { type Keeper, lockService, requireKeeper } from "./service-accounts.ts";

/** The name by which a service calls somebody: trimmed, NFC; null for what can be none. */
export function externalName(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.trim().normalize("NFC");
  return name.length < 1 || name.length > 150 || !isShowable(name) ? null : name;
}

/**
 * Lets a service get tokens for somebody it did not bring: an administrator says that the two are one. Safe to repeat.
 * @throws a refusal
 */
export async function linkPerson(
  context: AccountsContext,
  keeper: Keeper,
  link: { readonly serviceId: number; readonly accountId: number; readonly externalName: string },
  actor: Actor,
): Promise<LinkedPerson> {
  const name = externalName(link.externalName);
  if (name === null) throw serviceRefusal("external_name_rule");
  return context.db.transaction().execute(async (trx) => {
    await requireKeeper(trx, keeper);
    const service = await lockService(trx, link.serviceId);
    const person = await lockPerson(trx, link.accountId);
    if (person?.status !== "active" || person.is_admin) throw serviceRefusal("not_to_be_linked");
    if (person.brought_by !== null && person.brought_by !== service.id) throw serviceRefusal("not_to_be_linked");
    if (person.brought_as !== name) {
      await refuseTaken(trx, service.id, name);
      await setLink(trx, person.id, { brought_by: service.id, brought_as: name });
      const details = { service_id: service.id, service: service.username, external_name: name };
      await record(context, trx, { action: "service.link", actor, account: person, event: "account.changed", details });
    }
    return { id: person.id, username: person.username, full_name: person.full_name, external_name: name };
  });
}

/** Ends a service's right to stand for somebody, with the tokens that it got for them. @throws a refusal */
export async function unlinkPerson(
  context: AccountsContext,
  keeper: Keeper,
  { serviceId, accountId }: { readonly serviceId: number; readonly accountId: number },
  actor: Actor,
): Promise<void> {
  await revoking(context, async (trx, revoke) => {
    await requireKeeper(trx, keeper);
    const service = await lockService(trx, serviceId);
    const person = await lockPerson(trx, accountId);
    if (person?.brought_by !== serviceId) throw serviceRefusal("no_such_linked_person");
    await setLink(trx, accountId, { brought_by: null, brought_as: null });
    await endMinted(trx, revoke, { serviceId, accountId });
    const details = { service_id: serviceId, service: service.username, external_name: person.brought_as };
    await record(context, trx, { action: "service.unlink", actor, account: person, event: "account.changed", details });
  });
}

async function lockPerson(trx: AccountsTrx, id: number): Promise<AccountRow | undefined> {
  return trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .where("kind", "=", "person")
    .forUpdate()
    .executeTakeFirst();
}

async function setLink(
  trx: AccountsTrx,
  id: number,
  link: Pick<AccountRow, "brought_by" | "brought_as">,
): Promise<void> {
  await trx
    .updateTable("accounts")
    .set({ ...link, updated_at: sql<Date>`now()` })
    .where("id", "=", id)
    .execute();
}

/** The service's row is locked: nobody else of it can be called so meanwhile, but by its own first request. */
async function refuseTaken(trx: AccountsTrx, serviceId: number, name: string): Promise<void> {
  const taken = await trx
    .selectFrom("accounts")
    .select("id")
    .where("brought_by", "=", serviceId)
    .where("brought_as", "=", name)
    .executeTakeFirst();
  if (taken) throw serviceRefusal("external_name_taken");
}
