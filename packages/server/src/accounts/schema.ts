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
/** A code as somebody typed it: of the app, or a recovery code; spaces and hyphens don't count. */
export const TypedCode = Type.String({ minLength: 1, maxLength: 100, examples: ["123456"] });

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
  email_verified: Type.Boolean(),
  new_email: Type.Union([Type.String(), Type.Null()], {
    description: "Wanted, but not verified yet: `email` counts until then.",
  }),
  directory_visible: Type.Boolean({ description: "Whether others find it when they look for people." }),
  second_factor: Type.Boolean(),
  deletion_due_at: Type.Union([Time, Type.Null()], { description: "When it will be deleted, if nobody cancels." }),
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
    email_verified: account.emailVerified,
    new_email: account.newEmail,
    directory_visible: account.directoryVisible,
    second_factor: account.secondFactor,
    deletion_due_at: account.deletionDueAt?.toISOString() ?? null,
  };
}
