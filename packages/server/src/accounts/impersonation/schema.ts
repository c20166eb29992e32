import { type Static, Type } from "typebox";
import { AccountId, Time, TypedCode, TypedPassword } from "../schema.ts";
import type { ActedAs } from "./queries.ts";

export const ActAsBody = Type.Object({
  reason: Type.String({ maxLength: 1_000, description: "Why, in 3 to 300 characters: the person reads it." }),
  minutes: Type.Integer({ minimum: 1, maximum: 60, default: 15, description: "At most STOA_ACT_AS_MINUTES." }),
  current_password: TypedPassword,
  code: Type.Optional(TypedCode),
});

/** As the person sees it. */
export const ActedAsItem = Type.Object({
  id: Type.Integer(),
  by: Type.Object({ id: AccountId, username: Type.String(), full_name: Type.String() }),
  reason: Type.String(),
  begun_at: Time,
  ends_at: Time,
  ended_at: Type.Union([Time, Type.Null()], { description: "Null: it goes on." }),
});
export type ActedAsItem = Static<typeof ActedAsItem>;

export const ActedAsPage = Type.Object({
  items: Type.Array(ActedAsItem),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});

export function presentActedAs(row: ActedAs): ActedAsItem {
  return {
    id: row.id,
    by: { id: row.admin_id, username: row.admin_label, full_name: row.admin_name },
    reason: row.reason,
    begun_at: row.begun_at.toISOString(),
    ends_at: row.ends_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
