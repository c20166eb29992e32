import { expect, it } from "vitest";
import type { SessionsContext } from "./context.ts";
import { converge } from "./converge.ts";
import { createLastSeen } from "./last-seen.ts";
import type { Observation } from "./resources/contract.ts";
import type { JobRow } from "./tables.ts";

const row = {
  id: 1,
  node_id: "here",
  place: "folder",
  status: "running",
  desired: "running",
  ready: true,
  ended_at: null,
  resource_job_id: 7,
  extendable: true,
  time_limit_seconds: 60,
  means: null,
} as unknown as JobRow;

const running: Observation = {
  state: "running",
  resourceJobId: 7,
  startedAt: "2026-01-01T00:00:00.000Z",
  ready: true,
  readyAt: null,
  means: null,
  timeLimitSeconds: 60,
};

/** What asks the database fails: there is none. */
function withoutDatabase(seen: Observation): SessionsContext {
  const local = { place: "folder", observe: async () => seen };
  const platform = { config: { nodeId: "here" } };
  return { local, platform, lastSeen: createLastSeen() } as unknown as SessionsContext;
}

it("asks the database nothing about a session that is as its row says", async () => {
  expect(await converge(withoutDatabase(running), 1, row)).toBe(row);
});

it("takes no second number for it from its host, who may tell another at each look", async () => {
  expect(await converge(withoutDatabase({ ...running, resourceJobId: 8 }), 1, row)).toBe(row);
});

it.each<[string, Partial<typeof running>, Partial<JobRow>]>([
  ["its readiness", {}, { ready: false }],
  ["its end's beginning", { state: "stopping" } as Partial<typeof running>, {}],
  ["another time limit than its host keeps to", {}, { time_limit_seconds: 120 }],
  ["its process's number", {}, { resource_job_id: -1 }],
])("writes down %s", async (_what, seen, known) => {
  const context = withoutDatabase({ ...running, ...seen } as Observation);
  await expect(converge(context, 1, { ...row, ...known })).rejects.toThrow();
});
