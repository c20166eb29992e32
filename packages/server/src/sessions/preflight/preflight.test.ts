import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobType } from "../job-types/contract.ts";
import { terminal } from "../job-types/terminal.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;

const absent: JobType = { ...terminal, id: "absent", missing: () => "The program nowhere is not installed here." };

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground, { extraJobTypes: [absent], limits: { sessionsPerPerson: 2 } });
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;

interface Shown {
  readonly id: string;
  readonly ok: boolean;
  readonly told: { readonly text: string; readonly code: string | null } | null;
}

/** Asks first, then starts: they have to agree, in words too. */
async function both(body: Record<string, unknown>, as: "boss" | "ann" = "boss") {
  const asked = await stoa.call("POST", "/api/stoa/v1/sessions/preflight", { as, body });
  const before = await rows("select count(*)::int as jobs from jobs");
  expect(asked.status).toBe(200);
  const started = await stoa.call("POST", "/api/stoa/v1/sessions", { as, body });
  const checks = asked.body.checks as Shown[];
  const first = checks.find((check) => !check.ok);
  expect(asked.body.may_start).toBe(first === undefined);
  expect(started.status === 201).toBe(asked.body.may_start);
  if (first !== undefined) expect(started.body.detail).toBe(first.told?.text);
  else expect(await rows("select count(*)::int as jobs from jobs")).toEqual([{ jobs: (before[0]?.jobs ?? 0) + 1 }]);
  for (const check of checks) expect(check.told === null).toBe(check.ok);
  return { checks, by: (id: string) => checks.find((check) => check.id === id), id: started.body.id as number };
}

describe("the preflight", () => {
  it("shows what a start meets, with the figures, and starts nothing", async () => {
    const body = { workspace_id: await ground.workspace(1), job_type: "terminal" };
    const { body: seen } = await stoa.call("POST", "/api/stoa/v1/sessions/preflight", { body });
    expect(seen.may_start).toBe(true);
    expect(await rows("select id from jobs")).toEqual([]);
    const ids = (seen.checks as Shown[]).map((check) => check.id);
    expect(ids).toEqual(
      expect.arrayContaining(["workspace", "job_type", "options", "isolation", "installed", "sessions", "core_hours"]),
    );
    expect(seen.checks.find((check: Shown) => check.id === "sessions")).toEqual({
      id: "sessions",
      ok: true,
      used: "0",
      allowed: "2",
      unit: "sessions",
      set_by: "STOA_SESSIONS_PER_PERSON",
      told: null,
    });
  });

  it("says of each thing why it is in the way, as the start does", async () => {
    const workspace_id = await ground.workspace(1);
    expect((await both({ workspace_id })).by("job_type")?.told?.code).toBe("no_job_type");
    expect((await both({ workspace_id, job_type: "no_such" })).by("job_type")?.told?.code).toBe("job_type_not_offered");
    const options = { num_cpus: 99, memory_mb: "much" };
    const refused = (await both({ workspace_id, job_type: "terminal", resource_options: options })).by("options");
    expect(refused?.told).toMatchObject({ code: "options_refused", text: expect.stringContaining("maximum of 4") });
    expect((await both({ workspace_id, job_type: "absent" })).by("installed")?.told?.text).toContain("nowhere");
  });

  it("shows all that is wrong at once", async () => {
    const body = { workspace_id: await ground.workspace(2), job_type: "absent", resource_options: { num_cpus: 0 } };
    const { checks } = await both(body, "ann");
    const wrong = checks.filter((check) => !check.ok).map((check) => check.id);
    expect(wrong).toEqual(["options", "isolation", "installed"]);
  });

  it("shows core hours and sessions that are taken", async () => {
    await stoa.call("PUT", "/api/stoa/v1/people/1/core-hours", { body: { allowed: "4", period: "month" } });
    const workspace_id = await ground.workspace(1);
    const body = { workspace_id, job_type: "terminal", resource_options: { time_limit_min: 120 } };
    const first = await both(body);
    expect((await both({ ...body, resource_options: { time_limit_min: 121 } })).by("core_hours")).toMatchObject({
      ok: false,
      used: "2.00000",
      allowed: "4.00000",
      unit: "core_hours",
      set_by: "boss",
      told: { code: "core_hours_month", params: { needed: "2.01667", used: "2", allowed: "4", set_by: "boss" } },
    });
    const second = await both(body);
    const full = await both(body);
    expect(full.by("sessions")).toMatchObject({ ok: false, used: "2", told: { code: "too_many_sessions" } });
    for (const { id } of [first, second]) await stoa.call("POST", `/api/stoa/v1/sessions/${id}/stop`);
  });

  it("knows nothing of other people's workspaces", async () => {
    const body = { workspace_id: await ground.workspace(1), job_type: "terminal" };
    const foreign = await stoa.call("POST", "/api/stoa/v1/sessions/preflight", { as: "ann", body });
    const none = await stoa.call("POST", "/api/stoa/v1/sessions/preflight", {
      as: "ann",
      body: { ...body, workspace_id: 99_999 },
    });
    expect([foreign.status, none.status]).toEqual([404, 404]);
  });

  it("says of a share that waits for an answer that it does", async () => {
    const workspace_id = await ground.workspace(1);
    await rows("update workspaces set share_pending = true where id = $1", [workspace_id]);
    const { by } = await both({ workspace_id, job_type: "terminal" });
    expect(by("workspace")?.told?.text).toContain("has not been accepted");
  });
});
