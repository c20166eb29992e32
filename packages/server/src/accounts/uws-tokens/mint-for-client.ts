import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { OLD_TOKEN } from "../import/keep-token.ts";
import { record } from "../record.ts";
import { type Revoke, revoking } from "../revoking.ts";
import { digestOf, isWellFormedToken } from "../secret-format.ts";
import { CLIENT_PREFIX } from "../service-accounts/client-tokens.ts";
import { isApiClient } from "../service-accounts/queries.ts";
import type { AccountsTrx } from "../tables.ts";
import { type Brought, bringPerson } from "./bring-person.ts";
import { type ClientRefusal, clientRefusal, readUserInfo, type WantedPerson } from "./client-request.ts";
import type { UwsTokens } from "./uws-tokens.ts";

/** A service that has proved itself by a client token. */
interface Client {
  readonly keyId: string;
  readonly service: Pick<AccountRow, "id" | "username">;
  readonly isApiClient: boolean;
}

/**
 * Contract 3's local method: a service's client token gets a token for a person that the service brings.
 * @throws StoaError in the contract's words: 401 for the client or an incomplete `user_info`, 403 for the person
 */
export async function mintForClient(
  context: AccountsContext,
  uwsTokens: UwsTokens,
  request: { readonly clientToken: unknown; readonly userInfo: unknown },
  actor: Actor,
): Promise<string> {
  const secret = request.clientToken;
  if (typeof secret !== "string" || !looksLikeOne(secret)) throw clientRefusal("client_token");
  const outcome = await revoking(context, async (trx, revoke) => {
    const client = await findClient(trx, secret);
    if (!client) throw clientRefusal("client_token");
    if (!client.isApiClient) throw clientRefusal("not_a_client");
    const wanted = readUserInfo(request.userInfo);
    const brought = await bringPerson(trx, client.service.id, wanted, context.platform.config.clients);
    const by = actorFor(client, actor);
    if ("refused" in brought) return refuse(context, trx, { client, wanted, by }, brought.refused);
    return mint(context, { trx, revoke, uwsTokens }, { client, by }, brought);
  });
  await noteUse(context, outcome.keyId, actor.address);
  // Thrown after the commit: the audit entry of the refusal stays.
  if ("refused" in outcome) throw clientRefusal(outcome.refused);
  return outcome.token;
}

/** Ours, or one of a service that was taken over. */
function looksLikeOne(secret: string): boolean {
  return isWellFormedToken(CLIENT_PREFIX, secret) || OLD_TOKEN.test(secret);
}

/** Locked against revocation and deactivation until the transaction ends. */
async function findClient(trx: AccountsTrx, secret: string): Promise<Client | null> {
  const row = await trx
    .selectFrom("client_tokens as t")
    .innerJoin("accounts as a", "a.id", "t.account_id")
    .select(["t.key_id", "a.id", "a.username", isApiClient(sql.ref("a.id")).as("in_group")])
    .where("t.secret_hash", "=", digestOf(secret))
    .where("t.revoked_at", "is", null)
    .where("t.expires_at", ">", sql<Date>`now()`)
    .where("a.kind", "=", "service")
    .where("a.status", "=", "active")
    .forShare()
    .executeTakeFirst();
  if (!row) return null;
  return { keyId: row.key_id, service: { id: row.id, username: row.username }, isApiClient: row.in_group };
}

function actorFor({ keyId, service }: Client, actor: Actor): Actor {
  return {
    ...actor,
    accountId: service.id,
    label: service.username,
    credentialKind: "client-token",
    credentialId: keyId,
  };
}

async function mint(
  context: AccountsContext,
  { trx, revoke, uwsTokens }: { trx: AccountsTrx; revoke: Revoke; uwsTokens: UwsTokens },
  { client, by }: { client: Client; by: Actor },
  { person, isNew }: Extract<Brought, { person: AccountRow }>,
) {
  if (isNew) {
    await context.welcome(trx, person);
    const details = { external_name: person.brought_as };
    await record(context, trx, {
      action: "account.bring",
      actor: by,
      account: person,
      event: "account.changed",
      details,
    });
  }
  const { token, id, ended } = await uwsTokens.issue(trx, person.id, client.keyId);
  for (const credentialId of ended) await revoke({ credentialId });
  await record(context, trx, {
    action: "account.token-by-client",
    actor: by,
    account: person,
    event: "account.signed-in",
    details: { credential_kind: "uws-token", credential_id: id, service: client.service.username },
  });
  return { keyId: client.keyId, token };
}

/** An entry about the service alone: who was asked for is nobody's yet, or somebody's who is not to be told of. */
async function refuse(
  { platform }: AccountsContext,
  trx: AccountsTrx,
  { client, wanted, by }: { client: Client; wanted: WantedPerson; by: Actor },
  reason: ClientRefusal,
): Promise<{ keyId: string; refused: ClientRefusal }> {
  const { accountId, label, credentialKind, credentialId, requestId, address } = by;
  await platform.audit.record(trx, {
    action: "account.token-by-client",
    actor: { accountId, label, credentialKind, credentialId },
    subject: { kind: "account", id: String(client.service.id), label: client.service.username },
    about: [client.service.id],
    outcome: "refused",
    requestId,
    address,
    details: { reason, external_name: wanted.externalName },
  });
  return { keyId: client.keyId, refused: reason };
}

/** Apart from the transaction: many requests by one token must not wait for each other. */
async function noteUse({ db, platform }: AccountsContext, keyId: string, address: string | null): Promise<void> {
  try {
    await db
      .updateTable("client_tokens")
      .set({ last_used_at: sql<Date>`now()`, last_ip: address, usage_count: sql`usage_count + 1` })
      .where("key_id", "=", keyId)
      .execute();
  } catch (error) {
    platform.log.warn({ err: error }, "the use of a client token was not written");
  }
}
