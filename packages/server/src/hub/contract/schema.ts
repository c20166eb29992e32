import { type Static, Type } from "typebox";
import type { Account } from "../../accounts/accounts.ts";
import type { HubServer } from "../client/contract.ts";
import type { HubStatus } from "../users/status.ts";

const Time = Type.String({ description: "ISO 8601, UTC.", examples: ["2030-01-31T12:00:00.000Z"] });
const TimeOrNull = Type.Union([Time, Type.Null()]);
const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const Server = Type.Object({
  name: Type.String({ description: "Empty: the default one." }),
  ready: Type.Boolean(),
  pending: TextOrNull,
  url: Type.String(),
  started: TimeOrNull,
  last_activity: TimeOrNull,
});

export const Dashboard = Type.Object({
  user: Type.Object({
    username: Type.String(),
    email: Type.String(),
    full_name: Type.String(),
    organization: TextOrNull,
    created_at: Time,
    last_login: TimeOrNull,
    is_admin: Type.Boolean(),
  }),
  session_remaining_seconds: Type.Union([Type.Integer(), Type.Null()], {
    description: "Of the credential that asks; null: it does not end by itself.",
  }),
  jupyter_status: Type.Object({
    status: Type.Union(
      [Type.Literal("available"), Type.Literal("created"), Type.Literal("error"), Type.Literal("unavailable")],
      { description: "`created`: made just now; `unavailable`: the hub is down, slow or not configured." },
    ),
    username: Type.Optional(Type.String()),
    servers: Type.Optional(Type.Record(Type.String(), Server)),
    server_active: Type.Boolean(),
  }),
  stats: Type.Object({
    total_executions: Type.Integer(),
    today_executions: Type.Integer(),
    total_errors: Type.Integer(),
    success_rate: Type.Number({ description: "Percent." }),
    avg_execution_time_ms: Type.Number(),
    last_execution: TimeOrNull,
  }),
});

export const Launched = Type.Object({
  status: Type.Union([Type.Literal("running"), Type.Literal("starting")]),
  url: Type.String({ description: "A path on the hub's public address. The token in it is good for an hour." }),
  message: Type.String(),
});

export function presentUser(account: Account): Static<typeof Dashboard>["user"] {
  const { username, email, fullName, organization, createdAt, lastLoginAt, isAdmin } = account;
  return {
    ...{ username, email, full_name: fullName, organization, is_admin: isAdmin },
    created_at: createdAt.toISOString(),
    last_login: lastLoginAt?.toISOString() ?? null,
  };
}

export function presentStatus({ status, name, servers }: HubStatus): Static<typeof Dashboard>["jupyter_status"] {
  if (name === null) return { status, server_active: false };
  const each = servers.map((server) => [server.name, presentServer(server)] as const);
  return { status, username: name, servers: Object.fromEntries(each), server_active: servers.some(isActive) };
}

function isActive({ ready, pending }: HubServer): boolean {
  return ready || pending === "spawn";
}

function presentServer({ name, ready, pending, url, startedAt, lastActivity }: HubServer): Static<typeof Server> {
  const started = startedAt?.toISOString() ?? null;
  return { name, ready, pending, url, started, last_activity: lastActivity?.toISOString() ?? null };
}
