import { type Static, Type } from "typebox";
import { LAUNCH_CAUSES } from "../launch/causes.ts";
import { launchWords } from "../launch/launch-words.ts";
import type { HubLaunchRow, HubServerRow } from "../tables.ts";

export const Time = Type.String({
  description: "ISO 8601 with milliseconds, UTC.",
  examples: ["2030-01-31T12:00:00.000Z"],
});
export const TimeOrNull = Type.Union([Time, Type.Null()]);

/** The hub's rule is its spawner's; ours keeps it to what an address and a folder can hold. */
export const ServerName = Type.String({
  pattern: "^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$|^$",
  default: "",
  description: "Of a named server; left out or empty: the default one.",
});
export const WhichServer = Type.Object({ server: Type.Optional(ServerName) }, { additionalProperties: false });

export const Cause = Type.Enum([...LAUNCH_CAUSES]);

export const Launch = Type.Object({
  operation_id: Type.String(),
  state: Type.Enum(["queued", "asked", "ready", "failed", "cancelled"]),
  cause: Type.Union([Cause, Type.Null()], {
    description: "Why it failed, or what it waits for while it goes on.",
  }),
  message: Type.Union([Type.String(), Type.Null()], {
    description: "The cause in words, in the language of the answer.",
  }),
  begun_at: Time,
  ended_at: TimeOrNull,
});

export const Server = Type.Object({
  server: Type.String({ description: "Empty: the default one." }),
  state: Type.Enum(["starting", "ready", "stopping", "stopped"]),
  started_at: TimeOrNull,
  last_activity: TimeOrNull,
  changed_at: TimeOrNull,
  stop_wanted: Type.Union([Type.String(), Type.Null()], { description: "Why it is being ended." }),
  stopped_because: Type.Union([Type.String(), Type.Null()], {
    description: "`person`, `admin`, `idle`, `cancelled`, `account`, or `gone`: it ended by itself or at the hub.",
  }),
  stopped_at: TimeOrNull,
  idle_stop_at: Type.Union([Time, Type.Null()], {
    description: "When it will be stopped because nobody uses it; null: it will not. Keep it with `POST …/keep`.",
  }),
  keep_until: Type.Union([Time, Type.Null()], { description: "It is not stopped for idleness before." }),
  launch: Type.Union([Launch, Type.Null()]),
});

export const OwnHub = Type.Object({
  configured: Type.Boolean(),
  public_url: Type.Union([Type.String(), Type.Null()], { description: "Where browsers reach the hub; an origin." }),
  idle_minutes: Type.Integer({ description: "Without use, after which a server is stopped; 0: never." }),
  named_servers: Type.Boolean({ description: "Whether one may have several." }),
  silence: Type.Union([Type.Object({ heard_at: TimeOrNull }), Type.Null()], {
    description:
      "JupyterHub does not answer, or refuses Stoa: servers are told as they stood at `heard_at`, to the minute (null: not heard for days). Null: it answers.",
  }),
  user: Type.Union([
    Type.Object({
      name: Type.String(),
      state: Type.Enum(["wanted", "ours", "taken", "missing"]),
    }),
    Type.Null(),
  ]),
  servers: Type.Array(Server, { description: "The default one first; it is there also when nobody has started it." }),
});

export const Begun = Type.Object({ operation_id: Type.String(), is_new: Type.Boolean() });

export const Opened = Type.Object({
  url: Type.String({
    description: "Where to send the browser, with a token of this server only, good once it is read.",
  }),
  token_id: Type.Union([Type.Integer(), Type.Null()], {
    description: "In the list of one's tokens; null: the hub gave none, and asks to sign in itself.",
  }),
  expires_at: TimeOrNull,
});

export function presentLaunch(row: HubLaunchRow, language: "en" | "fa"): Static<typeof Launch> {
  return {
    ...{ operation_id: row.operation_id, state: row.state, cause: row.cause },
    message: row.cause === null ? null : launchWords(row.cause, language),
    begun_at: row.begun_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}

export function presentServer(
  server: string,
  row: HubServerRow | null,
  launch: HubLaunchRow | null,
  language: "en" | "fa",
): Static<typeof Server> {
  return {
    server,
    state: row?.state ?? "stopped",
    started_at: row?.started_at?.toISOString() ?? null,
    last_activity: row?.last_activity?.toISOString() ?? null,
    changed_at: row?.changed_at.toISOString() ?? null,
    stop_wanted: row?.stop_wanted ?? null,
    stopped_because: row?.stopped_because ?? null,
    stopped_at: row?.stopped_at?.toISOString() ?? null,
    idle_stop_at: row?.idle_stop_at?.toISOString() ?? null,
    keep_until: row?.keep_until?.toISOString() ?? null,
    launch: launch === null ? null : presentLaunch(launch, language),
  };
}
