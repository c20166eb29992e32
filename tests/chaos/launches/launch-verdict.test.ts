import { expect, it } from "vitest";
import type { LaunchLine } from "./launch-ledger.ts";
import { judgeLaunches } from "./launch-verdict.ts";

const AT = Date.parse("2030-01-01T00:00:00Z");
const settled: LaunchLine = { what: "settled", user: "ada", ready: true, said: "in", ms: 1 };
const launch = (change: Partial<Extract<LaunchLine, { what: "launch" }>>): LaunchLine => ({
  ...{ what: "launch", user: "ada", operation: "1", begun: AT, ended: AT + 2_000, state: "ready", cause: null },
  cancelled: false,
  ...change,
});
const fault = (kind: "forbid" | "full" | "refuse", user: string): LaunchLine => ({
  ...{ what: "fault", kind, user, when: AT + 500, call: "GET /" },
});
const verdict = (...lines: LaunchLine[]) => judgeLaunches([...lines, settled], 45_000);

it("finds nothing where each cause has its reason", () => {
  expect(verdict(launch({}))).toEqual([]);
  expect(verdict(fault("forbid", "ada"), launch({ state: "failed", cause: "token_refused" }))).toEqual([]);
  expect(verdict(fault("refuse", "ada"), launch({ state: "failed", cause: "hub_down" }))).toEqual([]);
  const plan: LaunchLine = { what: "plan", user: "ada", plan: "refuse", when: AT };
  expect(verdict(plan, launch({ state: "failed", cause: "spawn_failed" }))).toEqual([]);
});

it.each<[string, LaunchLine[]]>([
  ["a cause without its fault", [launch({ state: "failed", cause: "hub_down" })]],
  ["another's away hub", [fault("refuse", "eve"), launch({ state: "failed", cause: "hub_down" })]],
  ["a start that nobody asked for", [{ what: "process", event: "start", user: "ada", pid: 7, when: AT }]],
  [
    "a server that ended though nobody wanted it to",
    [
      { what: "asked", user: "ada", status: 202, when: AT },
      { what: "process", event: "start", user: "ada", pid: 7, when: AT },
      { what: "process", event: "end", user: "ada", pid: 7, when: AT + 9_000 },
    ],
  ],
  ["another's fault", [fault("forbid", "eve"), launch({ state: "failed", cause: "token_refused" })]],
  [
    "a fault long before",
    [{ ...fault("full", "ada"), when: AT - 60_000 } as LaunchLine, launch({ state: "failed", cause: "at_capacity" })],
  ],
  ["a name that nobody took", [launch({ state: "failed", cause: "name_taken" })]],
  ["somebody who is stuck", [launch({ state: "stuck" })]],
  ["a cancel that nobody pressed", [launch({ state: "cancelled", cause: "cancelled" })]],
  ["two servers at once", [{ what: "double", user: "ada", pids: [1, 2], when: AT }]],
  ["who is not in when all is well", [{ ...settled, ready: false }]],
])("finds %s", (_what, lines) => {
  expect(verdict(...lines)).toHaveLength(1);
});

it("finds that nobody looked at the end", () => {
  expect(judgeLaunches([], 45_000)).toHaveLength(1);
});
