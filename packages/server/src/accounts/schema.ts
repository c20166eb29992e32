import { type Static, Type } from "typebox";
import type { Account } from "./account.ts";

export const Time = Type.String({
  description: "ISO 8601 with milliseconds, UTC.",
  examples: ["2030-01-31T12:00:00.000Z"],
});
export const AccountId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const LocaleName = Type.Union([Type.Literal("en"), Type.Literal("fa")]);
export const Nothing = Type.Null({ description: "Nothing." });
/** A password as somebody typed it: the length is bounded, the rules for new ones are the service's. */
export const TypedPassword = Type.String({ maxLength: 1_024 });

export const Me = Type.Object({
  id: AccountId,
  username: Type.String(),
  email: Type.String(),
  full_name: Type.String(),
  organization: Type.Union([Type.String(), Type.Null()]),
  is_admin: Type.Boolean(),
  locale: Type.Union([LocaleName, Type.Null()]),
  created_at: Time,
  last_login: Type.Union([Time, Type.Null()]),
});
export type Me = Static<typeof Me>;

export function presentMe(account: Account): Me {
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    full_name: account.fullName,
    organization: account.organization,
    is_admin: account.isAdmin,
    locale: account.locale,
    created_at: account.createdAt.toISOString(),
    last_login: account.lastLoginAt?.toISOString() ?? null,
  };
}
