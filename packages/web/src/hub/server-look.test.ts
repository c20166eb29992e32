import { expect, test } from "vitest";
import type { HubLaunch, HubServer } from "../api/hub.ts";
import { failedLaunch, isServerName, lookOf, secondsToIdleStop } from "./server-look.ts";

const launched = (state: HubLaunch["state"], more: Partial<HubLaunch> = {}): HubLaunch => ({
  operation_id: "1",
  state,
  cause: null,
  begun_at: "2026-11-22T10:00:00.000Z",
  ended_at: state === "queued" || state === "asked" ? null : "2026-11-22T10:01:00.000Z",
  ...more,
});
const server = (state: HubServer["state"], more: Partial<HubServer> = {}): HubServer => ({
  server: "",
  state,
  started_at: null,
  last_activity: null,
  stop_wanted: null,
  stopped_because: null,
  stopped_at: null,
  idle_stop_at: null,
  launch: null,
  ...more,
});

test.each([
  [server("stopped"), "stopped"],
  [server("stopped", { launch: launched("queued") }), "starting"],
  [server("starting", { launch: launched("asked") }), "starting"],
  // Started at the hub, by nobody here.
  [server("starting"), "starting"],
  [server("ready", { launch: launched("ready") }), "ready"],
  [server("ready", { launch: launched("queued") }), "ready"],
  [server("ready", { stop_wanted: "person", launch: launched("ready") }), "stopping"],
  [server("ready", { stop_wanted: "person", launch: launched("queued") }), "starting"],
  [server("stopping"), "stopping"],
  [server("stopped", { stop_wanted: "cancelled", launch: launched("cancelled") }), "stopped"],
])("a server is shown as it stands, and as it is about to (%#)", (one, look) => {
  expect(lookOf(one)).toBe(look);
});

test("a failed start is told until something else has happened", () => {
  const launch = launched("failed", { cause: "over_quota" });
  expect(failedLaunch(server("stopped", { launch }))).toBe(launch);
  expect(failedLaunch(server("stopped", { launch, stopped_at: "2026-11-22T09:00:00.000Z" }))).toBe(launch);
  expect(failedLaunch(server("stopped", { launch, stopped_at: "2026-11-22T11:00:00.000Z" }))).toBeNull();
  // It turned up.
  expect(failedLaunch(server("ready", { launch }))).toBeNull();
  expect(failedLaunch(server("stopped", { launch: launched("cancelled") }))).toBeNull();
});

test("an idle stop is told when it is near", () => {
  const now = Date.parse("2026-11-22T10:00:00.000Z");
  const stops = (at: string | null) => secondsToIdleStop(server("ready", { idle_stop_at: at }), now);
  expect(stops(null)).toBeNull();
  expect(stops("2026-11-22T10:04:00.000Z")).toBe(240);
  expect(stops("2026-11-22T09:59:00.000Z")).toBe(0);
  expect(secondsToIdleStop(server("stopped", { idle_stop_at: "2026-11-22T10:04:00.000Z" }), now)).toBeNull();
});

test.each(["a", "second", "a.b_c-1", "7"])("%s may be a server's name", (name) =>
  expect(isServerName(name)).toBe(true),
);
test.each(["", "A", "-a", "a-", "a/b", "a b", "نام", "a".repeat(64)])("%j may not", (name) =>
  expect(isServerName(name)).toBe(false),
);
