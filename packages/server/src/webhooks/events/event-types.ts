/** What is sent of each event, as receivers know it: never changed, only added to. Described in docs/webhooks.md. */
export interface EventTypeText {
  /** When it is sent. */
  readonly about: string;
  /** What the payload's subject is. */
  readonly subject: { readonly kind: string; readonly id: string };
  /** An example of `data`. */
  readonly data: Readonly<Record<string, unknown>>;
}

const server = { kind: "hub-server", id: "ada/" } as const;
const session = { kind: "session", id: "204" } as const;
const storage = { kind: "storage", id: "12" } as const;
const operation = { kind: "operation", id: "0b7f2f6c-5b1e-4a0e-9a3d-3f1f8f0f6a11" } as const;
const operationData = { operation: "workspace.copy", subject: { kind: "workspace", id: "31" } } as const;

/** The whole vocabulary; the part before the dot is the group, chosen whole as `session.*`. */
export const eventTypes = {
  "server.started": {
    about: "A JupyterHub server is being started. `server` is its name; empty: the default one.",
    subject: server,
    data: { user: "ada", server: "" },
  },
  "server.ready": {
    about: "A JupyterHub server is up and can be opened.",
    subject: server,
    data: { user: "ada", server: "" },
  },
  "server.idle": {
    about: "Nobody uses a JupyterHub server; it will be stopped unless somebody does.",
    subject: server,
    data: { user: "ada", server: "", stops_at: "2026-05-04T10:15:00.000Z" },
  },
  "server.stopped": {
    about:
      "A JupyterHub server is stopped. Cause: `person`, `admin`, `idle`, `cancelled`, `account` (it was closed), or `gone`: not by us.",
    subject: server,
    data: { user: "ada", server: "", cause: "idle" },
  },
  "server.failed": {
    about: "A JupyterHub server could not be started. The subject is the launch: its person's account and the server.",
    subject: { kind: "hub-launch", id: "9/" },
    data: { server: "", cause: "spawn_failed" },
  },
  "session.started": {
    about: "A session's program runs, but isn't ready. One that is ready at once has only `session.ready`.",
    subject: session,
    data: { workspace_id: 31 },
  },
  "session.ready": { about: "A session can be opened.", subject: session, data: { workspace_id: 31 } },
  "session.idle": {
    about: "Nobody uses a session; it will be stopped unless somebody does.",
    subject: session,
    data: { workspace_id: 31, stops_at: "2026-05-04T10:15:00.000Z" },
  },
  "session.ended": { about: "A session is over, as it should be.", subject: session, data: { workspace_id: 31 } },
  "session.failed": { about: "A session failed.", subject: session, data: { workspace_id: 31 } },
  "quota.warning": {
    about: "80 or 90 % of a storage quota is used. Sent once each time that the step is passed.",
    subject: storage,
    data: { percent: 80, used_bytes: 8_600_000_000, allowed_bytes: 10_737_418_240 },
  },
  "quota.full": {
    about: "All of a storage quota is used.",
    subject: storage,
    data: { percent: 100, used_bytes: 10_737_418_240, allowed_bytes: 10_737_418_240 },
  },
  "quota.refused": {
    about:
      "Something was not written because it would not have fitted into a storage quota. Sent once in ten minutes for each person.",
    subject: { kind: "account", id: "9" },
    data: { used_bytes: 10_737_000_000, allowed_bytes: 10_737_418_240 },
  },
  "operation.succeeded": { about: "An operation is done.", subject: operation, data: operationData },
  "operation.failed": {
    about: "An operation failed for good.",
    subject: operation,
    data: { ...operationData, error: { code: "conflict", message: "The name is taken." } },
  },
  "operation.cancelled": { about: "An operation was cancelled.", subject: operation, data: operationData },
  ping: {
    about: "A test that somebody asked for. It is not chosen, and tried once.",
    subject: { kind: "webhook", id: "3" },
    data: { name: "Build server" },
  },
} as const satisfies Readonly<Record<string, EventTypeText>>;

export type EventType = keyof typeof eventTypes;
/** Those that an endpoint can choose. */
export const chosenTypes = (Object.keys(eventTypes) as EventType[]).filter((type) => type !== "ping");
export const eventGroups = [...new Set(chosenTypes.map(groupOf))];

/** `session.*` of `session.ready`. */
export function groupOf(type: EventType): string {
  return `${type.slice(0, type.indexOf("."))}.*`;
}
