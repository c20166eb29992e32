import { Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { CheckUnit } from "../admission/check.ts";
import type { Means } from "../host/job-file.ts";
import type { Saying, SentenceCode, Told } from "../sentences.ts";

const time = Type.String({ format: "date-time" });
const timeOrNull = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });
const textOrNull = Type.Unsafe<string | null>({ type: ["string", "null"] });
const integerOrNull = Type.Unsafe<number | null>({ type: ["integer", "null"] });

interface Extension {
  readonly minutes: number;
  readonly until: string;
}

interface Idle {
  readonly stops_at: string;
  readonly after_seconds: number;
  readonly warned: boolean;
}

const told = {
  text: Type.String({ description: "In English." }),
  code: Type.Unsafe<SentenceCode | null>({
    type: ["string", "null"],
    description: "Of our own sentences, to tell with `params` in another language; null for all others.",
  }),
  params: Type.Unsafe<Record<string, string> | null>({
    type: ["object", "null"],
    additionalProperties: { type: "string" },
  }),
};
const because = Type.Unsafe<Saying | null>({
  ...Type.Object(told),
  type: ["object", "null"],
  description: "The sentence that stands for `{reason}` in this one.",
});

/** A person, as far as those may know who see a session. */
export const Person = Type.Object({ id: Type.Integer(), username: Type.String(), full_name: Type.String() });

export const Session = Type.Object(
  {
    id: Type.Integer(),
    owner_id: Type.Integer(),
    owner: Person,
    workspace: Type.Object({ id: Type.Integer(), name: Type.String() }),
    folder: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "Where it was started, as a path below the workspace's folder; null: in that folder itself.",
    }),
    job_type: Type.String(),
    job_type_name: Type.String(),
    status: Type.Union([
      Type.Literal("pending"),
      Type.Literal("running"),
      Type.Literal("stopping"),
      Type.Literal("complete"),
      Type.Literal("failed"),
    ]),
    ready: Type.Boolean(),
    reason: Type.Unsafe<string | null>({ type: ["string", "null"], description: "Why it ended or is ending." }),
    reason_told: Type.Unsafe<Told | null>({
      ...Type.Object({ ...told, because }),
      type: ["object", "null"],
      description: "The reason, to tell in another language.",
    }),
    message: Type.String({ description: "Where it stands, in contract 3's words." }),
    preparing: Type.Unsafe<Told | null>({
      ...Type.Object({ ...told, because }),
      type: ["object", "null"],
      description: "What is being made for it before its program starts.",
    }),
    means: Type.Unsafe<Means | null>({
      ...Type.Object({
        isolation: Type.Enum(["account", "sandbox", "account-and-sandbox", "none"]),
        network: Type.Enum(["shared", "closed", "pasta", "slirp4netns"]),
        limits: Type.Enum(["cgroup-v2", "cgroup-v1", "watching"]),
        ending: Type.Enum(["cgroup-kill", "cgroup-freezer", "pid-namespace", "proc-scan"]),
      }),
      type: ["object", "null"],
      description: "By what it is kept apart from others, held to its limits, and ended with all that it started.",
    }),
    steps: Type.Array(Type.Object({ at: time, ...told, because })),
    created_at: time,
    started_at: timeOrNull,
    ready_at: timeOrNull,
    ended_at: timeOrNull,
    last_used_at: timeOrNull,
    exit_status: Type.Unsafe<number | null>({
      type: ["integer", "null"],
      description: "Null while it runs, or when a signal ended it.",
    }),
    exit_signal: textOrNull,
    core_hours: Type.String({ description: "Five decimals; settled at the end." }),
    core_hours_reserved: Type.String({
      description: "Five decimals: set aside for its whole time limit. Counts as used until it has ended.",
    }),
    time_left: Type.Unsafe<number | null>({ type: ["integer", "null"], description: "Seconds." }),
    ends_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      format: "date-time",
      description: "When it reaches its time limit; null while it has not started, and once it has ended.",
    }),
    extend: Type.Unsafe<Extension | null>({
      ...Type.Object({ minutes: Type.Integer(), until: time }),
      type: ["object", "null"],
      description: "What one click on its extension gives, and until when it may run then; null: it can't be extended.",
    }),
    idle: Type.Unsafe<Idle | null>({
      ...Type.Object({
        stops_at: time,
        after_seconds: Type.Integer({ description: "Without use, after which it is stopped." }),
        warned: Type.Boolean({ description: "It will be stopped soon: `POST …/keep`, or any use, keeps it." }),
      }),
      type: ["object", "null"],
      description: "When it will be stopped if nobody uses it until then; null: not for being idle.",
    }),
    opens: Type.Union([Type.Literal("terminal"), Type.Literal("program"), Type.Literal("nothing")], {
      description: "What is at the session's origin.",
    }),
    has_terminal: Type.Boolean({ description: "Whether the terminal socket takes what is typed." }),
    resource: Type.Object({
      id: Type.String(),
      node: Type.String(),
      job_id: integerOrNull,
      cpus: Type.Integer(),
      time_limit_seconds: integerOrNull,
      options: Type.Record(Type.String(), Type.Unknown()),
    }),
  },
  { description: "A session." },
);

export const Sessions = Type.Object({ items: Type.Array(Session), next_cursor: textOrNull });
export const SessionsQuery = Type.Object({
  all: Type.Optional(Type.Boolean({ description: "Everybody's; for administrators." })),
  live: Type.Optional(Type.Boolean({ description: "Only those that have not ended." })),
  ended: Type.Optional(Type.Boolean({ description: "Only those that have ended." })),
  status: Type.Optional(Type.Enum(["pending", "running", "stopping", "complete", "failed"])),
  job_type: Type.Optional(Type.String({ maxLength: 100 })),
  workspace_id: Type.Optional(Type.Integer({ minimum: 1 })),
  search: Type.Optional(
    Type.String({ maxLength: 200, description: "A session's number, or part of its program's or workspace's name." }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export const NewSession = Type.Object({
  workspace_id: Type.Integer({ minimum: 1 }),
  job_type: Type.Optional(Type.String({ maxLength: 100, description: "Left out: the workspace's default." })),
  job_details: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "Kept with the session, for whoever started it; 16,384 characters of JSON at most.",
    }),
  ),
  resource_options: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: "See `GET /parameters/`." }),
  ),
  folder: Type.Optional(
    Type.String({
      maxLength: 16_000,
      description:
        "A folder of the workspace to start in, below its root, parts separated by slashes; a link is refused. Of terminals only. Left out: the root.",
    }),
  ),
});
export const Check = Type.Object({
  id: Type.String({
    description:
      "`workspace`, `job_type`, `host`, `options`, `isolation`, `port`, `installed`, `sessions`, `free_memory`, `core_hours` (one's own) and `core_hours:group:<id>`; there may be more.",
  }),
  ok: Type.Boolean(),
  used: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "A decimal text, without what this start would add; null: nothing is counted.",
  }),
  allowed: textOrNull,
  unit: Type.Unsafe<CheckUnit | null>({
    type: ["string", "null"],
    enum: ["sessions", "bytes", "core_hours", "minutes", null],
  }),
  set_by: Type.Unsafe<string | null>({ type: ["string", "null"], description: "A setting's name, or who set it." }),
  told: Type.Unsafe<Told | null>({
    ...Type.Object({ ...told, because }),
    type: ["object", "null"],
    description: "Why it stands in the way; null: it doesn't.",
  }),
});
export const Preflight = Type.Object({ may_start: Type.Boolean(), checks: Type.Array(Check) });
const OwnParameter = Type.Object({
  display_name: Type.String(),
  description: Type.String(),
  variable_name: Type.String(),
  default_value: Type.Unknown(),
  validation: Type.Object({
    type: Type.Enum(["str", "int", "float", "bool", "list", "dict"]),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    required: Type.Boolean(),
    choices: Type.Array(Type.Union([Type.String(), Type.Number()]), { description: "Empty: anything that fits." }),
  }),
});
export const SessionTypes = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      icon: Type.String(),
      parameters: Type.Array(Type.String(), { description: "Those of `GET /parameters/` that mean something to it." }),
      own_parameters: Type.Array(OwnParameter, {
        description: "What may be asked of this type alone, among `resource_options` as well.",
      }),
      opens: Session.properties.opens,
      has_terminal: Type.Boolean(),
      refused: Type.Unsafe<string | null>({
        type: ["string", "null"],
        description: "Why you can't start it: you may not, or something is not there.",
      }),
      refused_told: Type.Unsafe<Told | null>({
        ...Type.Object({ ...told, because }),
        type: ["object", "null"],
        description: "The same, to tell in another language.",
      }),
    }),
  ),
});
export const Address = Type.Object({ id: Type.String({ description: "The session's number." }) });
export const Link = Type.Object({ url: Type.String(), expires_at: time });
export const StopAnswer = Type.Object({ state: Type.Union([Type.Literal("queued"), Type.Literal("stopped")]) });
export const LogQuery = Type.Object({
  offset: Type.Optional(
    Type.Integer({ description: "Of the first byte wanted; negative: counted from the end.", default: 0 }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_194_304, default: 1_048_576, description: "Bytes." })),
});

/** Opaque to callers: the last id of the page. */
export function cursorOf(id: number): string {
  return Buffer.from(`s${id}`).toString("base64url");
}

/** @throws StoaError invalid for what is none of ours */
export function idOfCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const digits = /^s(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (digits === undefined) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return Number(digits);
}
