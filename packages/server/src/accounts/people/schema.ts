import { type Static, type TUnsafe, Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Account } from "../account.ts";
import { USERNAME } from "../identity-rules.ts";
import { AccountId, LocaleName, Me, presentMe, Time, TypedPassword } from "../schema.ts";
import { filters, type PeopleState } from "./people-queries.ts";

export const Person = Type.Object({
  ...Me.properties,
  active: Type.Boolean(),
  status: Type.Union(
    [Type.Literal("active"), Type.Literal("pending"), Type.Literal("deactivated"), Type.Literal("deleted")],
    {
      description:
        "`pending`: registered, but not confirmed by the mailed link; activating confirms it. `deleted`: only the user name is left, so that nobody takes it.",
    },
  ),
});
export type Person = Static<typeof Person>;

export function presentPerson(account: Account): Person {
  return { ...presentMe(account), active: account.active, status: account.deleted ? "deleted" : account.status };
}

const State = Type.Union(
  (Object.keys(filters) as PeopleState[]).map((name) => Type.Literal(name)),
  {
    description: "`waiting`: for confirmation, or with an address not verified. `never`: active, but never signed in.",
  },
) as unknown as TUnsafe<PeopleState>;

/** Which people are meant: in a list, in a file, and in a change of many. */
export const PeopleFilter = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200, description: "In user names, full names, e-mail addresses." })),
  state: Type.Optional(State),
});

export const PeopleQuery = Type.Object({
  ...PeopleFilter.properties,
  sort: Type.Optional(
    Type.Union([Type.Literal("name"), Type.Literal("created"), Type.Literal("seen")], { default: "created" }),
  ),
  order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")], { default: "asc" })),
  cursor: Type.Optional(Type.String({ maxLength: 3_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export const ListedPerson = Type.Object({
  ...Person.properties,
  last_seen: Type.Union([Time, Type.Null()], { description: "By any credential of their own, to the minute." }),
  glance: Type.Record(Type.String(), Type.Number(), {
    description: "What the domains tell of them: `sessions_running`, `room_bytes`.",
  }),
});
export type ListedPerson = Static<typeof ListedPerson>;

export const People = Type.Object({
  total: Type.Optional(Type.Integer({ description: "How many there are of these; with the first page." })),
  items: Type.Array(ListedPerson),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});

export const PersonParams = Type.Object({ id: AccountId });
export const PersonChangeBody = Type.Object({
  is_admin: Type.Optional(Type.Boolean()),
  active: Type.Optional(Type.Boolean()),
});
export const ResetLink = Type.Object({ url: Type.String(), expires_at: Time });

/** The lengths are bounds only: the service says in words what is wrong with which. */
export const NewPersonBody = Type.Object({
  username: Type.String({ maxLength: 100, description: USERNAME.source, examples: ["ada.l"] }),
  full_name: Type.String({ maxLength: 1_000, examples: ["Ada Lovelace"] }),
  email: Type.String({ maxLength: 300, examples: ["ada@example.org"] }),
  organization: Type.Optional(Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()])),
  locale: Type.Optional(
    Type.Union([LocaleName, Type.Null()], { description: "Of the portal and of mails; absent: the person chooses." }),
  ),
});
export const CreatedPerson = Type.Object({
  person: Person,
  link: ResetLink,
  mailed: Type.Boolean({ description: "Whether the person gets the link by mail as well." }),
});

export const ProfileChangeBody = Type.Object({
  full_name: Type.Optional(Type.String({ maxLength: 1_000 })),
  organization: Type.Optional(Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()])),
  locale: Type.Optional(Type.Union([LocaleName, Type.Null()])),
  directory_visible: Type.Optional(Type.Boolean({ description: "Whether others find one when they look for people." })),
  email: Type.Optional(
    Type.String({
      maxLength: 300,
      description:
        "Needs `current_password`. Waits in `new_email` until it is verified; the present one takes it back.",
    }),
  ),
  current_password: Type.Optional(TypedPassword),
});

/** Opaque to callers: the last id of the page. */
export function cursorOf(id: number): string {
  return Buffer.from(`p${id}`).toString("base64url");
}

/** @throws StoaError invalid for what is none of ours */
export function idOfCursor(cursor: string | undefined): number | undefined {
  if (!cursor) return undefined;
  const digits = /^p(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (digits === undefined) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return Number(digits);
}
