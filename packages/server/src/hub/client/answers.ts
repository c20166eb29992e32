import { type Static, type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OutboundAnswer } from "../../platform/outbound/contract.ts";
import type { HubServer, HubToken, HubUser } from "./contract.ts";

/** Of the hub's answers what is used; they hold more, and each release adds to it. */
const When = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const Server = Type.Object({
  name: Type.String(),
  ready: Type.Boolean(),
  pending: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  url: Type.String(),
  started: When,
  last_activity: When,
});
const User = Type.Object({
  name: Type.String(),
  admin: Type.Optional(Type.Boolean()),
  created: When,
  last_activity: When,
  /** Absent without `read:servers`. */
  servers: Type.Optional(Type.Record(Type.String(), Server)),
});
const Pagination = Type.Object({
  next: Type.Union([Type.Object({ offset: Type.Integer({ minimum: 0 }) }), Type.Null()]),
});
const Token = Type.Object({
  id: Type.String(),
  note: Type.Optional(Type.String()),
  created: Type.String(),
  expires_at: When,
  last_activity: When,
});

export const answers = {
  version: validator(Type.Object({ version: Type.String() })),
  /** A service's has no `admin`; a hub before 3 has no `scopes`. */
  self: validator(
    Type.Object({
      kind: Type.Union([Type.Literal("user"), Type.Literal("service")]),
      name: Type.String(),
      scopes: Type.Array(Type.String()),
    }),
  ),
  user: validator(User),
  /** Hubs that can tell where the next page begins, where they are asked to; others give the list alone. */
  users: validator(Type.Union([Type.Array(User), Type.Object({ items: Type.Array(User), _pagination: Pagination })])),
  /** Some hubs page this as `{ api_tokens, oauth_tokens }`; the second are browsers' sign-ins. */
  tokens: validator(Type.Object({ api_tokens: Type.Array(Token) })),
  made: validator(Type.Object({ ...Token.properties, token: Type.String() })),
};

function validator<T extends TSchema>(schema: T): (answer: OutboundAnswer) => Static<T> {
  let check: Validator | undefined;
  return (answer) => {
    check ??= Compile(schema);
    const body = answer.json();
    if (check.Check(body)) return body as Static<T>;
    throw new StoaError("upstream_failed", { details: { what: "JupyterHub" } });
  };
}

export function presentUser({ name, admin = false, ...rest }: Static<typeof User>): HubUser {
  const { created, last_activity, servers } = rest;
  return {
    ...{ name, admin },
    createdAt: dateOf(created),
    lastActivity: dateOf(last_activity),
    servers: servers === undefined ? null : presentServers(servers),
  };
}

function presentServers(servers: Readonly<Record<string, Static<typeof Server>>>): ReadonlyMap<string, HubServer> {
  return new Map(Object.entries(servers).map(([key, server]) => [key, presentServer(server)]));
}

function presentServer({ name, ready, pending, url, started, last_activity }: Static<typeof Server>): HubServer {
  return {
    ...{ name, ready, url },
    pending: pending === "spawn" || pending === "stop" ? pending : null,
    startedAt: dateOf(started),
    lastActivity: dateOf(last_activity),
  };
}

export function presentToken({ id, note = "", created, expires_at, last_activity }: Static<typeof Token>): HubToken {
  return {
    ...{ id, note },
    createdAt: dateOf(created) ?? new Date(0),
    expiresAt: dateOf(expires_at),
    lastActivity: dateOf(last_activity),
  };
}

/** The hub's times are UTC, some without saying so. */
export function dateOf(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null;
  const date = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
