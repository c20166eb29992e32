import { sql } from "kysely";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { fourWordId } from "../four-word-id.ts";
import { isShowable } from "../identity-rules.ts";
import { record } from "../record.ts";
import { revoking } from "../revoking.ts";
import { digestOf, newToken } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";
import { endMinted } from "./end-minted.ts";
import { type ClientTokenRow, type ServiceRow, TOKEN_COLUMNS } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";
import { type Keeper, lockService, requireKeeper } from "./service-accounts.ts";

export const CLIENT_PREFIX = "zcli_";
/** Live tokens a service. */
const LIVE_TOKENS = 20;
export const DEFAULT_DAYS = 365;
export const MOST_DAYS = 3_650;

/** Makes a client token; the secret is in this answer and nowhere else. @throws a refusal */
export async function createClientToken(
  context: AccountsContext,
  keeper: Keeper,
  serviceId: number,
  wanted: { readonly label: string; readonly days?: number | undefined },
  actor: Actor,
): Promise<{ token: string; row: ClientTokenRow }> {
  const label = checkedLabel(wanted.label);
  const days = wanted.days ?? DEFAULT_DAYS;
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) throw serviceRefusal("expiry_rule", { most: MOST_DAYS });
  return context.db.transaction().execute(async (trx) => {
    await requireKeeper(trx, keeper);
    const service = await lockService(trx, serviceId);
    if (service.status !== "active") throw serviceRefusal("deactivated_service");
    if (service.live_tokens >= LIVE_TOKENS)
      throw serviceRefusal("too_many_client_tokens", { count: service.live_tokens });
    const token = newToken(CLIENT_PREFIX);
    const row = await insert(trx, serviceId, label, days, digestOf(token));
    await recordToken(context, trx, "service.token-create", { service, row, actor });
    return { token, row };
  });
}

/**
 * Ends a client token within the next request, and, unless `keepMinted`, every token that was got by it, within 1 s.
 * Revoking twice is once.
 * @throws a refusal
 */
export async function revokeClientToken(
  context: AccountsContext,
  keeper: Keeper,
  {
    serviceId,
    keyId,
    keepMinted,
  }: { readonly serviceId: number; readonly keyId: string; readonly keepMinted: boolean },
  actor: Actor,
): Promise<{ row: ClientTokenRow; ended: number }> {
  return revoking(context, async (trx, revoke) => {
    await requireKeeper(trx, keeper);
    const service = await lockService(trx, serviceId);
    const before = await trx
      .selectFrom("client_tokens")
      .select(TOKEN_COLUMNS)
      .where("account_id", "=", serviceId)
      .where("key_id", "=", keyId)
      .forUpdate()
      .executeTakeFirst();
    if (!before) throw serviceRefusal("no_such_client_token");
    const ended = keepMinted ? 0 : await endMinted(trx, revoke, { keyId });
    if (before.status === "revoked" && ended === 0) return { row: before, ended };
    const row = await trx
      .updateTable("client_tokens")
      .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
      .where("key_id", "=", keyId)
      .returning(TOKEN_COLUMNS)
      .executeTakeFirstOrThrow();
    await recordToken(context, trx, "service.token-revoke", { service, row, actor, details: { ended } });
    return { row, ended };
  });
}

async function recordToken(
  context: AccountsContext,
  trx: AccountsTrx,
  action: string,
  change: {
    readonly service: ServiceRow;
    readonly row: ClientTokenRow;
    readonly actor: Actor;
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { service, row, actor, details = {} } = change;
  const subject = { kind: "client-token", id: row.key_id, label: row.label };
  const all = { ...details, expires_at: row.expires_at.toISOString() };
  await record(context, trx, { action, actor, account: service, subject, event: "account.token", details: all });
}

/** With a four-word id that nobody has. */
async function insert(
  trx: AccountsTrx,
  account_id: number,
  label: string,
  days: number,
  secret_hash: Buffer,
): Promise<ClientTokenRow> {
  const expires_at = sql<Date>`now() + make_interval(days => ${days})`;
  for (;;) {
    const row = await trx
      .insertInto("client_tokens")
      .values({ key_id: fourWordId(), account_id, label, secret_hash, expires_at })
      .onConflict((conflict) => conflict.column("key_id").doNothing())
      .returning(TOKEN_COLUMNS)
      .executeTakeFirst();
    if (row) return row;
  }
}

function checkedLabel(value: string): string {
  const label = value.trim().normalize("NFC");
  if (label.length < 1 || label.length > 100 || !isShowable(label)) throw serviceRefusal("label_rule");
  return label;
}
