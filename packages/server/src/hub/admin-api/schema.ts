import { type Static, type TSchema, Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { ServerName } from "../own-api/schema.ts";
import type { AnyServerRow } from "../servers/list-all.ts";
import type { AccountLinkRow, SeenUserRow, Suggestion } from "../users/link-queries.ts";

const closed = { additionalProperties: false } as const;
export const Time = Type.String({
  description: "ISO 8601 with milliseconds, UTC.",
  examples: ["2030-01-31T12:00:00.000Z"],
});
export const orNull = <T extends TSchema>(schema: T, description?: string) =>
  Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
const AccountId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** The hub's own rule is its operator's; longer or stranger ones it has none of. */
export const HubName = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: "^[^\\u0000-\\u001f/]+$",
  description: "The hub's name of the user.",
});
const Search = Type.String({ minLength: 1, maxLength: 100 });
const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 });
const Cursor = Type.String({ maxLength: 1_000 });
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: orNull(Type.String()) });

export const Person = Type.Object({ id: AccountId, username: Type.String(), full_name: Type.String() });
export const PersonParams = Type.Object({ id: AccountId });

export const UsersQuery = Type.Object(
  {
    only: Type.Optional(Type.Enum(["linked", "unlinked", "admins"])),
    search: Type.Optional(Search),
    ...{ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) },
  },
  closed,
);
export const SeenUser = Type.Object({
  name: Type.String(),
  is_admin: Type.Boolean({ description: "An administrator of the hub." }),
  ...{ created_at: orNull(Time), last_activity: orNull(Time), seen_at: Time },
  servers: Type.Integer({ description: "How many run, start or end." }),
  account: orNull(Person, "Whose it is; null: nobody's here."),
  linked_by: orNull(Type.String(), "The administrator who linked it; null: Stoa made it, or nobody did."),
  suggestions: Type.Array(
    Type.Object({
      account: Person,
      why: Type.Enum(["verified_email", "same_name"], {
        description: "`same_name` says nothing about who it is: anybody can take a name.",
      }),
    }),
  ),
});
export const SeenUsers = pageOf(SeenUser);

const states = ["none", "wanted", "ours", "taken", "missing"] as const;
export const AccountsQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum([...states], { description: "Left out: all without a hub user of their own." })),
    search: Type.Optional(Search),
    ...{ cursor: Type.Optional(Type.String({ pattern: "^\\d{1,15}$" })), limit: Type.Optional(Limit) },
  },
  closed,
);
export const AccountLink = Type.Object({
  account: Person,
  name: orNull(Type.String(), "What their hub user is called, or is to be."),
  state: Type.Enum([...states]),
  problem: orNull(Type.String(), "Why it is not there yet, in English."),
  retry_at: orNull(Time),
  linked_by: orNull(Type.String()),
});
export const AccountLinks = pageOf(AccountLink);

export const LinkBody = Type.Object(
  {
    name: HubName,
    was: orNull(HubName, "What the person was linked to when you looked; null: to nothing. Else 409."),
    hub_admin: Type.Optional(Type.Boolean({ description: "True: you know that it is an administrator of the hub." })),
  },
  closed,
);
export const UnlinkQuery = Type.Object({ was: HubName }, closed);
export const Linked = Type.Object({ account_id: AccountId, name: Type.String(), linked_by: orNull(Type.String()) });

export const Matches = Type.Object({
  count: Type.Integer(),
  items: Type.Array(Type.Object({ name: Type.String(), account: Person }), { description: "The first 200." }),
});
export const LinkManyBody = Type.Object(
  { expected: Type.Integer({ minimum: 1, description: "As many as the dry run has shown; else 409." }) },
  closed,
);
export const Queued = Type.Object({ operation_id: Type.String() });

const ServerState = Type.Enum(["starting", "ready", "stopping", "stopped"]);
export const ServersQuery = Type.Object(
  {
    state: Type.Optional(
      Type.Enum(["live", "starting", "ready", "stopping", "stopped"], { description: "`live`: all but stopped ones." }),
    ),
    person: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: "A user name, an e-mail address or an id." }),
    ),
    nobodys: Type.Optional(Type.Boolean({ description: "Whose hub user is nobody's here." })),
    ...{ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) },
  },
  closed,
);
export const AnyServer = Type.Object({
  user: Type.String({ description: "The hub's name of the user." }),
  server: Type.String({ description: "Empty: the default one." }),
  state: ServerState,
  account: orNull(Person, "Whose it is; null: nobody's here."),
  ...{ started_at: orNull(Time), last_activity: orNull(Time), changed_at: Time, keep_until: orNull(Time) },
  stop_wanted: orNull(Type.String(), "Why it is being ended."),
  ...{ stopped_because: orNull(Type.String()), stopped_at: orNull(Time) },
});
export const AnyServers = pageOf(AnyServer);

const Reason = Type.String({ minLength: 3, maxLength: 300 });
export const StopBody = Type.Object(
  {
    user: HubName,
    server: Type.Optional(ServerName),
    reason: Type.Optional(Type.String({ maxLength: 300, description: "Told to whose it is." })),
  },
  closed,
);
export const OpenBody = Type.Object(
  {
    ...{ user: HubName, server: Type.Optional(ServerName), reason: Reason },
    current_password: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    code: Type.Optional(Type.String({ maxLength: 64, description: "Where you have a second factor." })),
  },
  closed,
);

export function presentSeenUser(row: SeenUserRow, suggestions: readonly Suggestion[]): Static<typeof SeenUser> {
  return {
    ...{ name: row.name, is_admin: row.is_admin, servers: row.servers, account: row.account, linked_by: row.linked_by },
    ...{ created_at: iso(row.created_at), last_activity: iso(row.last_activity), seen_at: row.seen_at.toISOString() },
    suggestions: suggestions.filter(({ name }) => name === row.name).map(({ account, why }) => ({ account, why })),
  };
}

export function presentAccountLink({ retry_at, ...row }: AccountLinkRow): Static<typeof AccountLink> {
  return { ...row, retry_at: iso(retry_at) };
}

export function presentAnyServer(row: AnyServerRow): Static<typeof AnyServer> {
  return {
    ...{ user: row.user_name, server: row.server, state: row.state, account: row.account },
    ...{ started_at: iso(row.started_at), last_activity: iso(row.last_activity), keep_until: iso(row.keep_until) },
    ...{ stop_wanted: row.stop_wanted, stopped_because: row.stopped_because, stopped_at: iso(row.stopped_at) },
    changed_at: row.changed_at.toISOString(),
  };
}

export function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

/** Opaque to callers: where a page ended. */
export function cursorOf(...place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** @throws StoaError invalid: it is none of ours */
export function placeOf(cursor: string | undefined, parts: number): readonly string[] | null {
  if (cursor === undefined) return null;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    const isOurs = Array.isArray(place) && place.length === parts && place.every(isText);
    if (isOurs) return place as string[];
  } catch {
    // Told below.
  }
  throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
}

function isText(part: unknown): boolean {
  return typeof part === "string" && part.length <= 300 && !part.includes("\u0000") && part.isWellFormed();
}
