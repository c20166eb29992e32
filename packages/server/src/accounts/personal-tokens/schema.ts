import { type Static, Type } from "typebox";
import { SCOPES } from "../../platform/principal.ts";
import { Time } from "../schema.ts";
import type { PersonalTokenRow } from "./queries.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const TokenScope = Type.Union([Type.Literal("*"), ...SCOPES.map((scope) => Type.Literal(scope))]);

/** Contract 5's fields of a personal access token. */
export const PersonalToken = Type.Object({
  key_id: Type.String({ examples: ["amber-falcon-quiet-river"] }),
  label: Type.String(),
  status: Type.Union([Type.Literal("active"), Type.Literal("revoked"), Type.Literal("expired")]),
  scopes: Type.Array(Type.String()),
  created_at: Time,
  expiry_at: Time,
  hard_expiry_at: Time,
  last_used_at: Nullable(Time),
  last_ip: Nullable(Type.String()),
  last_ua: Nullable(Type.String()),
  usage_count: Type.Integer(),
  token_ver: Type.Integer({ description: "1, and one more at each renewal." }),
});
export type PersonalToken = Static<typeof PersonalToken>;

export const PersonalTokenList = Type.Object({ items: Type.Array(PersonalToken), next_cursor: Type.Null() });
export const NewPersonalTokenAnswer = Type.Object({
  ...PersonalToken.properties,
  token: Type.String({ description: "The secret: shown in this answer only." }),
});

const Expiry = Type.String({ maxLength: 40, description: "A date (to its end, UTC) or a date-time." });

export const NewPersonalTokenBody = Type.Object({
  label: Type.String({ maxLength: 200 }),
  scopes: Type.Optional(Type.Array(TokenScope, { maxItems: 50, description: "None: the token opens nothing." })),
  expiry: Type.Optional(Expiry),
});
export const RenewalBody = Type.Object({ expiry: Type.Optional(Expiry) });
export const TokenParams = Type.Object({ key_id: Type.String({ maxLength: 100 }) });

export function presentToken(row: PersonalTokenRow): PersonalToken {
  const { account_id: _account, revoked_at: _revoked, ...token } = row;
  return {
    ...token,
    created_at: row.created_at.toISOString(),
    expiry_at: row.expiry_at.toISOString(),
    hard_expiry_at: row.hard_expiry_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  };
}
