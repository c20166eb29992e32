import { Type } from "typebox";
import { Person, Session } from "../own-api/schema.ts";

const time = Type.String({ format: "date-time" });

const mayAct = {
  description:
    "True: uses the session's program, and so acts as its owner: runs code with the owner's account, and reads, changes and deletes the owner's files. False: only looks at its terminal.",
};

export const Viewer = Type.Object({ account: Person, may_act: Type.Boolean(mayAct), invited_at: time });
export const Viewers = Type.Object({ items: Type.Array(Viewer) });
export const NewViewer = Type.Object(
  {
    account_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    may_act: Type.Optional(Type.Boolean({ ...mayAct, default: false })),
  },
  { additionalProperties: false },
);
export const ViewerAddress = Type.Object({
  id: Type.String({ description: "The session's number." }),
  accountId: Type.String({ description: "The viewer's account." }),
});

const { id, job_type, job_type_name, status, ready, started_at, ends_at, opens, has_terminal } = Session.properties;

/** What a viewer knows of a session: not its options, its timeline, its node or what it costs. */
export const SharedSession = Type.Object({
  ...{ id, job_type, job_type_name, status, ready, started_at, ends_at, opens, has_terminal },
  owner: Person,
  workspace_name: Type.String(),
  may_act: Type.Boolean(mayAct),
  invited_at: time,
});
export const SharedSessions = Type.Object({
  items: Type.Array(SharedSession),
  next_cursor: Type.Unsafe<string | null>({ type: ["string", "null"] }),
});
export const SharedQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});
