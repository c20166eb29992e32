import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionsContext } from "./context.ts";
import { converge } from "./converge.ts";
import { createLastSeen } from "./last-seen.ts";
import type { Ended, Observation } from "./resources/contract.ts";
import type { JobRow, SessionTables } from "./tables.ts";
import { createGround, type Ground } from "./test-ground.ts";

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

describe("one that was never seen to run", () => {
  let ground: Ground;
  let workspaceId: number;
  beforeAll(async () => {
    ground = await createGround();
    workspaceId = await ground.workspace(1);
  });
  afterAll(() => ground.clear());

  const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
  const told = (startedAt: string | null, endedAt: string, cause: Ended["cause"] = "exited"): Ended => ({
    ...{ state: "ended", cause, code: 0, signal: null, message: null, readyAt: null },
    ...{ startedAt, endedAt },
  });

  interface Case {
    readonly seen: Observation;
    readonly launched?: string;
    readonly desired?: "stopped";
    readonly ranOn?: boolean;
    /** Seconds that its steps may take; left out: it has none. */
    readonly prepares?: number;
    /** When its host was there, by what it told, that it starts. */
    readonly starting?: string;
  }

  /** @returns how many hours one is charged for, of one CPU, and what else its row says then */
  async function settled(one: Case): Promise<{ hours: number; row: JobRow }> {
    const { rows } = await ground.database.pool.query(
      `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, place, desired, created_at, launched_at)
       values (1, $1, 'some', 'local', 'here', gen_random_uuid(), 1, 'folder', $2, $3, $3) returning id`,
      [workspaceId, one.desired ?? "running", one.launched ?? ago(3600)],
    );
    const id = Number(rows[0].id);
    const nothing = async () => null;
    const local = {
      ...{ place: "folder", observe: async () => one.seen, stop: async () => false, limit: async () => true },
      ...{ makeSure: async () => one.ranOn ?? false, accountOf: nothing, sees: () => true },
    };
    const steps = [{ saying: "", command: ["true"], timeoutSeconds: one.prepares }];
    const type = {
      options: [],
      command: () => ["true"],
      ...(one.prepares === undefined ? {} : { prepare: () => steps }),
    };
    const lastSeen = createLastSeen();
    if (one.starting) lastSeen.note(id, { state: "starting", preparing: null }, new Date(one.starting));
    const context = {
      ...{ local, lastSeen, db: ground.database.db.withTables<SessionTables>() },
      sharedFolders: async () => [],
      jobTypes: new Map([["some", type]]),
      workspaces: { lockForStart: nothing, directory: () => "/", names: async () => new Map() },
      platform: {
        config: { nodeId: "here" },
        addresses: { sessionOrigin: () => null, portalOrigin: () => "http://localhost" },
        log: { warn: () => undefined },
        events: { publish: nothing },
        audit: { record: nothing },
      },
    } as unknown as SessionsContext;
    const row = await converge(context, id);
    if (row === null) throw new Error("it is gone");
    return { hours: Number(row.core_hours), row };
  }

  it.each<[string, Case]>([
    ["ended without having begun", { seen: told(null, ago(0)) }],
    ["began just before it ended", { seen: told(ago(1), ago(0)) }],
    ["ended long ago, and was seen to start until now", { seen: told(null, ago(3599)), starting: ago(0) }],
    ["ended long ago, where it ran on", { seen: told(null, ago(3600)), ranOn: true }],
    ["began just now, where it ran on", { seen: told(ago(0), ago(0)), ranOn: true }],
    ["began just now, where it ran on and has steps", { seen: told(ago(0), ago(0)), ranOn: true, prepares: 7200 }],
    ["was prepared for longer than its steps may take", { seen: told(null, ago(0), "prepare_failed"), prepares: 900 }],
    ["began after its steps", { seen: told(ago(1), ago(0)), prepares: 900 }],
    [
      "was never started, and was seen to start",
      { seen: told(null, ago(0), "never_started"), desired: "stopped", starting: ago(1) },
    ],
  ])("has the core hours since its launch when it tells that it %s", async (_what, one) => {
    expect((await settled(one)).hours).toBeCloseTo(1, 1);
  });

  it.each<[string, Case]>([
    ["ended at once, its program not being there", { seen: told(null, ago(3598), "spawn_failed") }],
    ["could not be prepared within its steps' time", { seen: told(null, ago(0), "prepare_failed"), prepares: 4500 }],
    ["was never started, nor seen to start", { seen: told(null, ago(0), "never_started"), desired: "stopped" }],
  ])("has no core hours when it %s", async (_what, one) => {
    expect((await settled(one)).hours).toBe(0);
  });

  it.each([
    ["failed", "its start was given up, in whatever order that is written down", undefined],
    ["complete", "somebody stopped it meanwhile", "stopped"],
  ] as const)("is %s where it never started: %s", async (status, _why, desired) => {
    const seen = told(null, ago(0), "never_started");
    const { row } = await settled({ seen, ...(desired === undefined ? {} : { desired }) });
    expect(row.status).toBe(status);
  });

  it("has the core hours since its beginning where it was prepared before, within its steps' time", async () => {
    const { hours } = await settled({ seen: told(ago(1800), ago(0)), prepares: 4500 });
    expect(hours).toBeCloseTo(0.5, 1);
  });

  it.each([
    ["its launch, where it has nothing to prepare", undefined, 3600],
    ["its beginning, where it was prepared", 4500, 5],
  ])("has them from %s, when it is seen to run at last", async (_what, prepares, seconds) => {
    const seen = { ...running, startedAt: ago(5) };
    const { row: now } = await settled({ seen, ...(prepares === undefined ? {} : { prepares }) });
    expect(now.status).toBe("running");
    expect(Math.abs((now.started_at?.getTime() ?? 0) - Date.parse(ago(seconds)))).toBeLessThan(60_000);
  });
});
