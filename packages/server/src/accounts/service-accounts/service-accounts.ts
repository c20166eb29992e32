import { sql } from "kysely";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { API_CLIENTS } from "../groups/groups.ts";
import { type Viewer, viewerNow } from "../groups/policy.ts";
import { recordGroup } from "../groups/record.ts";
import { checkedUsername, isShowable, usernameKey } from "../identity-rules.ts";
import { record } from "../record.ts";
import { revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";
import { endMinted } from "./end-minted.ts";
import { findService, type ServiceRow } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";

/** An administrator; null: the operator at the host. */
export type Keeper = Viewer | null;

export interface NewService {
  /** As for people: what uniqueness is about is one for both. */
  readonly username: string;
  readonly description: string;
  /** Whether it may get tokens for people. */
  readonly apiClient: boolean;
}

/** Makes a program's account: without password, mail or a way to sign in. @throws a refusal; AccountRefusal username_rule */
export async function createService(
  context: AccountsContext,
  keeper: Keeper,
  wanted: NewService,
  actor: Actor,
): Promise<ServiceRow> {
  const username = checkedUsername(wanted.username);
  const full_name = checkedDescription(wanted.description);
  return context.db.transaction().execute(async (trx) => {
    await requireKeeper(trx, keeper);
    const made = await trx
      .insertInto("accounts")
      // No address: nothing is mailed to it, and nobody can have registered this one.
      .values({
        kind: "service",
        username,
        username_key: usernameKey(username),
        email: `service:${username}`,
        full_name,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning(["id", "username"])
      .executeTakeFirst();
    if (!made) throw serviceRefusal("name_taken");
    await record(context, trx, { action: "service.create", actor, account: made, event: "account.changed" });
    if (wanted.apiClient) await letIn(context, trx, made, actor);
    return present(trx, made.id);
  });
}

/**
 * Describes a service anew, activates or deactivates it. Deactivation ends every token that was got by it, within
 * 1 s on every process; its client tokens wait.
 * @throws a refusal
 */
export async function changeService(
  context: AccountsContext,
  keeper: Keeper,
  id: number,
  change: { readonly description?: string | undefined; readonly active?: boolean | undefined },
  actor: Actor,
): Promise<ServiceRow> {
  const description = change.description === undefined ? undefined : checkedDescription(change.description);
  return revoking(context, async (trx, revoke) => {
    await requireKeeper(trx, keeper);
    const before = await lockService(trx, id);
    const active = change.active ?? before.status === "active";
    const full_name = description ?? before.full_name;
    if (active === (before.status === "active") && full_name === before.full_name) return before;
    await trx
      .updateTable("accounts")
      .set({ full_name, status: active ? "active" : "deactivated", updated_at: sql<Date>`now()` })
      .where("id", "=", id)
      .execute();
    if (!active) await endMinted(trx, revoke, { serviceId: id });
    const verb = active === (before.status === "active") ? "update" : active ? "activate" : "deactivate";
    await record(context, trx, { action: `service.${verb}`, actor, account: before, event: "account.changed" });
    return present(trx, id);
  });
}

/** @throws a refusal for who is no active administrator any more */
export async function requireKeeper(trx: AccountsTrx, keeper: Keeper): Promise<void> {
  if (keeper !== null && !(await viewerNow(trx, keeper)).isAdmin) throw serviceRefusal("not_an_admin");
}

/** Locked until the transaction ends. @throws a refusal when there is none */
export async function lockService(trx: AccountsTrx, id: number): Promise<ServiceRow> {
  await trx
    .selectFrom("accounts")
    .select("id")
    .where("id", "=", id)
    .where("kind", "=", "service")
    .forUpdate()
    .execute();
  return present(trx, id);
}

async function present(trx: AccountsTrx, id: number): Promise<ServiceRow> {
  const service = await findService(trx, { id });
  if (!service) throw serviceRefusal("no_such_service");
  return service;
}

async function letIn(
  context: AccountsContext,
  trx: AccountsTrx,
  service: { readonly id: number; readonly username: string },
  actor: Actor,
): Promise<void> {
  const group = await trx
    .selectFrom("groups")
    .select(["id", "name"])
    .where("name_key", "=", API_CLIENTS)
    .where("built_in", "=", true)
    .executeTakeFirstOrThrow();
  await trx.insertInto("group_members").values({ group_id: group.id, account_id: service.id }).execute();
  await recordGroup(context, trx, { action: "group.add-member", actor, group, member: service });
}

function checkedDescription(value: string): string {
  const text = value.trim().normalize("NFC");
  if (text.length < 1 || text.length > 200 || !isShowable(text)) throw serviceRefusal("description_rule");
  return text;
}
