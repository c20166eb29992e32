import { expect, it } from "vitest";
import type { StoredEvent } from "../../platform/events/contract.ts";
import { toWebhookEvent } from "./event-map.ts";
import { eventTypes } from "./event-types.ts";

const stored = (type: string, data: object, cursor = "e1.42"): StoredEvent => ({
  ...{ type, data: { ...data }, cursor, at: "2026-01-02T03:04:05.678Z" },
  ...{ subject: { kind: "thing", id: "7" }, audience: [1] },
});
const error = { code: "conflict", message: "The name is taken.", remedy: "Choose another." };

it.each([
  [
    "hub.server",
    { state: "starting", user: "ada", server: "", because: null },
    "server.started",
    { user: "ada", server: "" },
  ],
  [
    "hub.server",
    { state: "ready", user: "ada", server: "gpu", because: null },
    "server.ready",
    { user: "ada", server: "gpu" },
  ],
  [
    "hub.server",
    { state: "stopped", user: "ada", server: "", because: "idle" },
    "server.stopped",
    { user: "ada", server: "", cause: "idle" },
  ],
  [
    "hub.server",
    { state: "idle_warned", user: "ada", server: "", idle_stop_at: "x" },
    "server.idle",
    { user: "ada", server: "", stops_at: "x" },
  ],
  [
    "hub.launch",
    { state: "failed", server: "", cause: "timeout", operation_id: "o" },
    "server.failed",
    { server: "", cause: "timeout" },
  ],
  ["session.status", { status: "running", ready: false, workspace_id: 3 }, "session.started", { workspace_id: 3 }],
  ["session.status", { status: "running", ready: true, workspace_id: 3 }, "session.ready", { workspace_id: 3 }],
  ["session.status", { status: "complete", workspace_id: 3 }, "session.ended", { workspace_id: 3 }],
  ["session.status", { status: "failed", workspace_id: 3 }, "session.failed", { workspace_id: 3 }],
  [
    "session.idle",
    { workspace_id: 3, stops_at: "x", after_seconds: 9 },
    "session.idle",
    { workspace_id: 3, stops_at: "x" },
  ],
  [
    "storage.level",
    { level: 80, used: 8, allowed: 10 },
    "quota.warning",
    { percent: 80, used_bytes: 8, allowed_bytes: 10 },
  ],
  [
    "storage.level",
    { level: 100, used: 10, allowed: 10 },
    "quota.full",
    { percent: 100, used_bytes: 10, allowed_bytes: 10 },
  ],
  ["storage.refused", { used: 9, allowed: 10 }, "quota.refused", { used_bytes: 9, allowed_bytes: 10 }],
  [
    "operation.changed",
    { kind: "k", state: "succeeded", subject: {}, error: null },
    "operation.succeeded",
    { operation: "k", subject: {} },
  ],
  [
    "operation.changed",
    { kind: "k", state: "cancelled", subject: {}, error },
    "operation.cancelled",
    { operation: "k", subject: {} },
  ],
  [
    ...["operation.changed", { kind: "k", state: "failed", subject: {}, message: "m", error }, "operation.failed"],
    { operation: "k", subject: {}, error: { code: "conflict", message: "The name is taken." } },
  ],
] as [string, object, string, object][])("%s %j is %s", (type, data, expected, said) => {
  const event = toWebhookEvent(stored(type, data));
  expect(event?.type).toBe(expected);
  expect(Object.keys(eventTypes)).toContain(expected);
  expect(JSON.parse(event?.body ?? "")).toEqual({
    ...{ id: event?.id, type: expected, timestamp: "2026-01-02T03:04:05.678Z", subject: { kind: "thing", id: "7" } },
    data: said,
  });
});

it.each([
  ["hub.server", { state: "stopping" }],
  ["hub.server", { state: "idle_withdrawn" }],
  ["hub.launch", { state: "asked" }],
  ["hub.launch", { state: "cancelled" }],
  ["session.status", { status: "pending" }],
  ["session.status", { status: "stopping" }],
  ["operation.changed", { state: "running" }],
  ["operation.progress", { state: "succeeded" }],
  ["credential.revoked", {}],
  ["notice.changed", {}],
  ["toString", {}],
])("%s %j is for nobody outside", (type, data) => {
  expect(toWebhookEvent(stored(type, data))).toBeNull();
});

it("has one id however often it is read, and what happens once has one however often it is said", () => {
  const ready = { status: "running", ready: true };
  const ids = ["e1.42", "e1.43"].map((cursor) => toWebhookEvent(stored("session.status", ready, cursor))?.id);
  expect(ids).toEqual(["evt_e1_session-ready_7", "evt_e1_session-ready_7"]);
  const idle = ["e1.42", "e1.42", "e1.43", "e2.42"].map(
    (cursor) => toWebhookEvent(stored("session.idle", {}, cursor))?.id,
  );
  expect(idle).toEqual(["evt_e1_42", "evt_e1_42", "evt_e1_43", "evt_e2_42"]);
  // What is signed has dots between its parts.
  expect([...ids, ...idle].join("")).not.toContain(".");
});
