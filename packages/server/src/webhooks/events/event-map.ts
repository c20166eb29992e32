import type { StoredEvent } from "../../platform/events/contract.ts";
import type { EventType } from "./event-types.ts";

/** What a platform event is called outside, and what is said of it. */
interface Mapped {
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
  /** It happens to its subject once; the platform may say it again. */
  readonly once?: true;
}

type Mapping = (data: Readonly<Record<string, unknown>>) => Mapped | null;

const serverStates: Readonly<Record<string, EventType>> = {
  starting: "server.started",
  ready: "server.ready",
  stopped: "server.stopped",
};

const operationStates: Readonly<Record<string, EventType>> = {
  succeeded: "operation.succeeded",
  failed: "operation.failed",
  cancelled: "operation.cancelled",
};

/**
 * From the platform's events, which change as the code does, to webhooks' vocabulary, which doesn't. What is not here
 * goes to nobody; of what is, only the named fields do.
 */
const mappings: Readonly<Record<string, Mapping>> = {
  "hub.server"({ state, user, server, because, idle_stop_at }) {
    if (state === "idle_warned") return { type: "server.idle", data: { user, server, stops_at: idle_stop_at } };
    const type = serverStates[String(state)];
    if (type === undefined) return null;
    return { type, data: { user, server, ...(type === "server.stopped" ? { cause: because ?? null } : {}) } };
  },
  "hub.launch": ({ state, server, cause }) =>
    state === "failed" ? { type: "server.failed", data: { server, cause: cause ?? null } } : null,
  "session.status"({ status, ready, workspace_id }) {
    const type = sessionType(status, ready === true);
    return type === null ? null : { type, data: { workspace_id }, once: true };
  },
  "session.idle": ({ workspace_id, stops_at }) => ({ type: "session.idle", data: { workspace_id, stops_at } }),
  "storage.level": ({ level, used, allowed }) => ({
    type: level === 100 ? "quota.full" : "quota.warning",
    data: { percent: level, used_bytes: used, allowed_bytes: allowed },
  }),
  "storage.refused": ({ used, allowed }) => ({
    type: "quota.refused",
    data: { used_bytes: used, allowed_bytes: allowed },
  }),
  "operation.changed"({ kind, state, subject, error }) {
    const type = operationStates[String(state)];
    if (type === undefined) return null;
    const said = error === null || type !== "operation.failed" ? {} : { error: errorOf(error) };
    return { type, data: { operation: kind, subject, ...said } };
  },
};

/** The platform's events that webhooks are made of. */
export const mappedTypes = Object.keys(mappings);

/** An event as receivers get it. */
export interface WebhookEvent {
  /** The same whenever and by whomever the platform's event is read: what receivers know a repetition by. */
  readonly id: string;
  readonly type: EventType;
  /** JSON: `{ id, type, timestamp, subject, data }`. */
  readonly body: string;
}

/** Null: nobody outside is told of it. */
export function toWebhookEvent(event: StoredEvent): WebhookEvent | null {
  const mapped = Object.hasOwn(mappings, event.type) ? mappings[event.type]?.(event.data) : undefined;
  if (!mapped || event.audience === "internal") return null;
  const id = idOf(event, mapped);
  return {
    id,
    type: mapped.type,
    body: bodyOf({ id, type: mapped.type, at: event.at, subject: event.subject }, mapped.data),
  };
}

/** @param about `at` in ISO 8601: when it happened, not when it is sent */
export function bodyOf(
  about: {
    readonly id: string;
    readonly type: EventType;
    readonly at: string;
    readonly subject: StoredEvent["subject"];
  },
  data: Readonly<Record<string, unknown>>,
): string {
  const { id, type, at, subject } = about;
  return JSON.stringify({ id, type, timestamp: at, subject, data });
}

/** No dot: it stands in what is signed, with dots between. */
function idOf({ cursor, subject }: StoredEvent, { type, once }: Mapped): string {
  const [epoch, number] = cursor.split(".");
  const parts = once ? [epoch, type, subject.id] : [epoch, number];
  return `evt_${parts.join("_").replaceAll(".", "-")}`;
}

function sessionType(status: unknown, ready: boolean): EventType | null {
  if (status === "running") return ready ? "session.ready" : "session.started";
  if (status === "complete") return "session.ended";
  return status === "failed" ? "session.failed" : null;
}

function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  const { code = "defect", message = "" } = (error ?? {}) as { code?: unknown; message?: unknown };
  return { code: String(code), message: String(message).slice(0, 500).toWellFormed() };
}
