import { Type } from "typebox";
import { Person, Session } from "../own-api/schema.ts";
import type { Hang } from "./hanging.ts";

const time = Type.String({ format: "date-time" });
const timeOrNull = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });

export const AdminSession = Type.Object(
  {
    id: Type.Integer(),
    owner: Person,
    workspace: Type.Object({ id: Type.Integer(), name: Type.String() }),
    job_type: Type.String(),
    job_type_name: Type.String(),
    status: Session.properties.status,
    ready: Type.Boolean(),
    reason_told: Session.properties.reason_told,
    state_since: time,
    created_at: time,
    ended_at: timeOrNull,
    node: Type.String(),
    node_seen_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      format: "date-time",
      description: "When its server last gave a sign; null: it never did.",
    }),
    cpus: Type.Integer(),
    memory_bytes: Type.Unsafe<number | null>({
      type: ["integer", "null"],
      description: "When it was last looked at; null: not known to the server that answers.",
    }),
    core_hours: Type.String({ description: "Five decimals: so far, or what it took." }),
    hang: Type.Unsafe<Hang | null>({
      type: ["string", "null"],
      enum: ["host_lost", "stopping_long", "starting_long", "unready_long", null],
      description: "Why it does not come on; null: it does.",
    }),
    can_stop: Type.Boolean(),
    can_give_up: Type.Boolean({
      description: "It can't be ended as usual; `POST …/give-up` settles it, though its programs may go on writing.",
    }),
  },
  { description: "A session, as an operator sees it." },
);

export const AdminSessions = Type.Object({
  items: Type.Array(AdminSession),
  next_cursor: Type.Unsafe<string | null>({ type: ["string", "null"] }),
});

export const AdminQuery = Type.Object({
  person: Type.Optional(
    Type.String({ maxLength: 254, description: "A user name, an e-mail address, or an account's id." }),
  ),
  state: Type.Optional(Type.Enum(["live", "ended", "pending", "running", "stopping", "complete", "failed"])),
  job_type: Type.Optional(Type.String({ maxLength: 100 })),
  node: Type.Optional(Type.String({ maxLength: 200 })),
  since: Type.Optional(time),
  hanging: Type.Optional(Type.Boolean({ description: "Only those that do not come on." })),
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export const Hosts = Type.Object({
  items: Type.Array(
    Type.Object({
      node: Type.String(),
      seen_at: timeOrNull,
      answers: Type.Boolean(),
      live: Type.Integer({ description: "Sessions of it that have not ended." }),
    }),
  ),
  next_cursor: Type.Null(),
});

export const HostAddress = Type.Object({ node: Type.String({ minLength: 1, maxLength: 200 }) });
export const Retired = Type.Object({
  withdrawn: Type.Integer({ description: "Operations that waited for it alone, and are cancelled." }),
});

export const GiveUp = Type.Object({
  may_still_write: Type.Optional(
    Type.Boolean({
      description: "True: you know that its programs may go on writing into the workspace, which is free from now on.",
    }),
  ),
});

export const StopMany = Type.Object({
  ids: Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), { minItems: 1, maxItems: 100 }),
  message: Type.Optional(
    Type.String({ maxLength: 500, description: "Told to everybody whose session it is, as the reason." }),
  ),
});
export const StoppedMany = Type.Object({
  stopped: Type.Array(Type.Integer(), { description: "These end, or have ended." }),
  refused: Type.Array(Type.Object({ id: Type.Integer(), message: Type.String() })),
});
