import { type Selectable, sql } from "kysely";
import { API_CLIENTS } from "../groups/groups.ts";
import type { AccountsDb, AccountsTrx, AccountTables } from "../tables.ts";

export type ServiceRow = Pick<
  Selectable<AccountTables["accounts"]>,
  "id" | "username" | "full_name" | "status" | "created_at"
> & {
  /** Whether it may get tokens for people. */
  readonly api_client: boolean;
  readonly live_tokens: number;
  /** Whom it may stand for. */
  readonly people: number;
};

export type ClientTokenRow = Omit<Selectable<AccountTables["client_tokens"]>, "secret_hash"> & {
  readonly status: "active" | "revoked" | "expired";
};

export interface LinkedPerson {
  readonly id: number;
  readonly username: string;
  readonly full_name: string;
  /** What the service calls them. */
  readonly external_name: string;
}

const status = sql<ClientTokenRow["status"]>`case
  when revoked_at is not null then 'revoked'
  when expires_at <= now() then 'expired'
  else 'active' end`.as("status");

export const TOKEN_COLUMNS = [
  "key_id",
  "account_id",
  "label",
  "created_at",
  "expires_at",
  "revoked_at",
  "last_used_at",
  "last_ip",
  "usage_count",
  status,
] as const;

function services(db: AccountsDb | AccountsTrx) {
  return db
    .selectFrom("accounts as a")
    .where("a.kind", "=", "service")
    .select(["a.id", "a.username", "a.full_name", "a.status", "a.created_at"])
    .select([
      isApiClient(sql.ref("a.id")).as("api_client"),
      sql<number>`(select count(*)::int from client_tokens t
        where t.account_id = a.id and t.revoked_at is null and t.expires_at > now())`.as("live_tokens"),
      sql<number>`(select count(*)::int from accounts p where p.brought_by = a.id and p.deleted_at is null)`.as(
        "people",
      ),
    ]);
}

/** Whether the account is in the group of those who may get tokens for people. */
export function isApiClient(accountId: ReturnType<typeof sql.ref> | number) {
  return sql<boolean>`exists (select from group_members m join groups g on g.id = m.group_id
    where m.account_id = ${accountId} and g.built_in and g.name_key = ${API_CLIENTS})`;
}

/** Oldest first, by id. */
export function listServices(
  db: AccountsDb,
  { after, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<ServiceRow[]> {
  const query = services(db).orderBy("a.id").limit(limit);
  return (after === undefined ? query : query.where("a.id", ">", after)).execute();
}

export async function findService(
  db: AccountsDb | AccountsTrx,
  by: { readonly id: number } | { readonly username: string },
): Promise<ServiceRow | null> {
  const query = services(db);
  const found = "id" in by ? query.where("a.id", "=", by.id) : query.where("a.username", "=", by.username);
  return (await found.executeTakeFirst()) ?? null;
}

/** Newest first; those that are over too. */
export function clientTokensOf(db: AccountsDb, serviceId: number): Promise<ClientTokenRow[]> {
  return db
    .selectFrom("client_tokens")
    .select(TOKEN_COLUMNS)
    .where("account_id", "=", serviceId)
    .orderBy("created_at", "desc")
    .orderBy("key_id")
    .limit(500)
    .execute();
}

/** Whom the service brought, or was linked to; oldest account first, by id. */
export async function linkedPeople(
  db: AccountsDb,
  serviceId: number,
  { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<LinkedPerson[]> {
  const rows = await db
    .selectFrom("accounts")
    .select(["id", "username", "full_name", "brought_as"])
    .where("brought_by", "=", serviceId)
    .where("deleted_at", "is", null)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ brought_as, ...person }) => ({ ...person, external_name: brought_as ?? "" }));
}
