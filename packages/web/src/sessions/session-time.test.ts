import { describe, expect, test } from "vitest";
import { coreHoursSoFar, pressing, secondsLeft, shownState } from "./session-time.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
const idle = (seconds: number, warned = true) => ({ stops_at: at(seconds), after_seconds: 3600, warned });

describe("what will stop a session soon", () => {
  test.each([
    ["nothing", { status: "running", ends_at: at(3600), idle: null }, null],
    ["no limit, and used", { status: "running", ends_at: null, idle: idle(3000, false) }, null],
    ["its time", { status: "running", ends_at: at(240), idle: null }, "time"],
    ["lying idle", { status: "running", ends_at: at(3600), idle: idle(500) }, "idle"],
    ["both, its time first", { status: "running", ends_at: at(60), idle: idle(500) }, "time"],
    ["both, lying idle first", { status: "running", ends_at: at(290), idle: idle(30) }, "idle"],
    ["its owner already", { status: "stopping", ends_at: at(60), idle: idle(30) }, null],
  ] as const)("%s", (_, session, expected) => expect(pressing(session, now)).toBe(expected));
});

test("time that is over is none, not less than none", () => {
  expect(secondsLeft({ ends_at: at(-5) }, now)).toBe(0);
  expect(secondsLeft({ ends_at: null }, now)).toBeNull();
});

test("core hours grow by processors until they are settled", () => {
  const resource = { id: "local", node: "a", cpus: 2, time_limit_seconds: null, options: {} };
  const running = { core_hours: "0.00000", started_at: at(-1800), ended_at: null, resource };
  expect(coreHoursSoFar(running, now)).toBe(1);
  expect(coreHoursSoFar({ ...running, core_hours: "0.98765", ended_at: at(-10) }, now)).toBe(0.98765);
  expect(coreHoursSoFar({ ...running, started_at: null }, now)).toBe(0);
});

test("what doesn't answer yet is starting, unless nothing of it ever will", () => {
  expect(shownState({ status: "running", opens: "program", ready: false })).toBe("starting");
  expect(shownState({ status: "running", opens: "program", ready: true })).toBe("running");
  expect(shownState({ status: "running", opens: "nothing", ready: false })).toBe("running");
  expect(shownState({ status: "stopping", opens: "program", ready: false })).toBe("stopping");
});
