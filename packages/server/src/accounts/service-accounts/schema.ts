import { type Static, Type } from "typebox";
import { AccountId, Time } from "../schema.ts";
import { MOST_DAYS } from "./client-tokens.ts";
import type { ClientTokenRow, LinkedPerson, ServiceRow } from "./queries.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Cursor = Type.Optional(Type.String({ maxLength: 100 }));
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }));
export const PageQuery = Type.Object({ cursor: Cursor, limit: Limit });

export const Service = Type.Object({
  id: AccountId,
  username: Type.String(),
  description: Type.String(),
  active: Type.Boolean(),
  api_client: Type.Boolean({ description: "In the group api_clients: may get tokens for people it brings." }),
  live_tokens: Type.Integer(),
  people: Type.Integer({ description: "Whom it may get tokens for." }),
  created_at: Time,
});
export type Service = Static<typeof Service>;
export const ServicePage = Type.Object({ items: Type.Array(Service), next_cursor: Nullable(Type.String()) });

const Description = Type.String({ maxLength: 1_000, description: "What it is and who runs it." });
export const NewServiceBody = Type.Object({
  username: Type.String({ maxLength: 100, description: "By the rule for people's, and unique among them." }),
  description: Description,
  api_client: Type.Optional(Type.Boolean({ default: true, description: "Puts it into the group api_clients." })),
});
export const ServiceChangeBody = Type.Object({
  description: Type.Optional(Description),
  active: Type.Optional(Type.Boolean()),
});
export const ServiceParams = Type.Object({ id: AccountId });

export const ClientToken = Type.Object({
  key_id: Type.String({ examples: ["amber-falcon-quiet-river"] }),
  label: Type.String(),
  status: Type.Union([Type.Literal("active"), Type.Literal("revoked"), Type.Literal("expired")]),
  created_at: Time,
  expires_at: Time,
  last_used_at: Nullable(Time),
  last_ip: Nullable(Type.String()),
  usage_count: Type.Integer(),
});
export type ClientToken = Static<typeof ClientToken>;
export const ClientTokenList = Type.Object({ items: Type.Array(ClientToken), next_cursor: Type.Null() });
export const NewClientTokenBody = Type.Object({
  label: Type.String({ maxLength: 200 }),
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_DAYS, default: 365 })),
});
export const NewClientToken = Type.Object({
  ...ClientToken.properties,
  token: Type.String({ description: "The secret: shown in this answer only." }),
});
export const ClientTokenParams = Type.Object({ id: AccountId, key_id: Type.String({ maxLength: 100 }) });
export const RevocationQuery = Type.Object({
  keep_minted: Type.Optional(
    Type.Boolean({
      default: false,
      description: "Leaves people the tokens that were got by it, for a planned change.",
    }),
  ),
});

export const LinkedPersonSchema = Type.Object({
  account_id: AccountId,
  username: Type.String(),
  full_name: Type.String(),
  external_name: Type.String({ description: "What the service calls them: `username` in its requests." }),
});
export const LinkedPeoplePage = Type.Object({
  items: Type.Array(LinkedPersonSchema),
  next_cursor: Nullable(Type.String()),
});
export const LinkParams = Type.Object({ id: AccountId, account_id: AccountId });
export const LinkBody = Type.Object({ external_name: Type.String({ maxLength: 1_000 }) });

export function presentService(row: ServiceRow): Service {
  return {
    id: row.id,
    username: row.username,
    description: row.full_name,
    active: row.status === "active",
    api_client: row.api_client,
    live_tokens: row.live_tokens,
    people: row.people,
    created_at: row.created_at.toISOString(),
  };
}

export function presentClientToken(row: ClientTokenRow): ClientToken {
  return {
    key_id: row.key_id,
    label: row.label,
    status: row.status,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    last_ip: row.last_ip,
    usage_count: row.usage_count,
  };
}

export function presentLinked({ id, ...person }: LinkedPerson): Static<typeof LinkedPersonSchema> {
  return { account_id: id, ...person };
}
