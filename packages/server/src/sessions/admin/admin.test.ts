import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;

const list = (query = "") => stoa.call("GET", `/api/stoa/v1/admin/sessions${query}`);
const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;

const giveUp = (id: number) =>
  stoa.call("POST", `/api/stoa/v1/admin/sessions/${id}/give-up`, { body: { may_still_write: true } });

/** A session of ann's that runs at a server which gave its last sign an hour ago. */
async function lost(desired = "running"): Promise<number> {
  const workspaceId = await ground.workspace(2);
  await rows(
    "insert into session_places (node_id, place, seen_at) values ('gone', 'gone', now() - interval '1 hour') on conflict do nothing",
  );
  const [job] = await rows(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, place, marker, status, desired, cpus, launched_at,
       started_at, created_at, core_hours_reserved, steps)
     values (2, $1, 'terminal', 'local', 'gone', 'gone', gen_random_uuid(), $2, $3, 2, now() - interval '3 hours',
       now() - interval '3 hours', now() - interval '3 hours', 8, '[]') returning id`,
    [workspaceId, desired === "running" ? "running" : "stopping", desired],
  );
  await rows("update workspaces set status = 'active' where id = $1", [workspaceId]);
  return Number(job.id);
}

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground);
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

describe("everybody's sessions", () => {
  it("are for administrators, filtered and paged", async () => {
    const { jobId } = await stoa.begin("terminal");
    await stoa.until(jobId, "running");
    const gone = await lost();
    expect((await stoa.call("GET", "/api/stoa/v1/admin/sessions", { as: "ann" })).status).toBe(403);
    const all = await list();
    expect(all.body.items.map((one: { id: number }) => one.id)).toEqual([gone, jobId]);
    expect(all.body.items[0]).toMatchObject({ owner: { username: "ann" }, hang: "host_lost", can_give_up: true });
    expect(all.body.items[1]).toMatchObject({ owner: { username: "boss" }, hang: null, can_give_up: false });
    const ids = async (query: string) => (await list(query)).body.items.map((one: { id: number }) => one.id);
    expect(await ids("?person=ann")).toEqual([gone]);
    expect(await ids("?person=1")).toEqual([jobId]);
    expect(await ids("?person=nobody")).toEqual([]);
    expect(await ids("?node=gone&state=live")).toEqual([gone]);
    expect(await ids("?hanging=true")).toEqual([gone]);
    expect(await ids("?state=ended")).toEqual([]);
    expect(await ids(`?since=${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual([jobId]);
    const first = await list("?limit=1");
    expect(await ids(`?limit=1&cursor=${first.body.next_cursor}`)).toEqual([jobId]);
    const { body } = await stoa.call("GET", "/api/stoa/v1/admin/session-hosts");
    expect(body.items).toMatchObject([
      { node: "gone", answers: false, live: 1 },
      { node: "node-a", answers: true, live: 1 },
    ]);
  });

  it("are stopped together, each told why", async () => {
    const one = await stoa.begin("terminal");
    await stoa.until(one.jobId, "running");
    const answer = await stoa.call("POST", "/api/stoa/v1/admin/sessions/stop", {
      body: { ids: [one.jobId, 999_999], message: "The room is being cleaned." },
    });
    expect(answer.body).toMatchObject({ stopped: [one.jobId], refused: [{ id: 999_999 }] });
    await stoa.until(one.jobId, "complete");
    const { body } = await stoa.call("GET", `/api/stoa/v1/sessions/${one.jobId}`);
    expect(body.reason_told).toMatchObject({
      code: "stopped_by_saying",
      params: { actor: "boss", message: "The room is being cleaned." },
    });
  });
});

describe("giving up", () => {
  it("asks for a word that the program may go on writing, in the words of what is known of it", async () => {
    const id = await lost();
    const address = `/api/stoa/v1/admin/sessions/${id}/give-up`;
    for (const body of [undefined, {}, { may_still_write: false }]) {
      const answer = await stoa.call("POST", address, { body });
      expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining("Nobody knows") } });
    }
    // Its server answers, and has tried for two minutes.
    await rows("update session_places set seen_at = now() where node_id = 'gone'");
    await rows("update jobs set status = 'stopping', desired = 'stopped', steps = $2 where id = $1", [
      id,
      JSON.stringify([{ at: new Date(Date.now() - 120_000).toISOString(), message: "x" }]),
    ]);
    const stuck = await stoa.call("POST", address, { body: {} });
    expect(stuck).toMatchObject({ status: 422, body: { detail: expect.stringContaining("Its programs still run") } });
    const persian = await stoa.call("POST", address, { body: {}, headers: { "accept-language": "fa" } });
    expect(persian.body.detail).toContain("برنامه‌های آن هنوز اجرا می‌شوند");
    expect(await rows("select status, ended_at from jobs where id = $1", [id])).toEqual([
      { status: "stopping", ended_at: null },
    ]);
    const before = Date.now();
    const settled = await giveUp(id);
    expect(settled).toMatchObject({ status: 200, body: { status: "failed", hang: null } });
    // It kept its processors until now.
    expect(Date.parse(settled.body.ended_at)).toBeGreaterThan(before - 5_000);
    expect(settled.body.reason_told.code).toBe("given_up_stuck");
    await rows("update session_places set seen_at = now() - interval '1 hour' where node_id = 'gone'");
  });

  it("is refused while the server answers", async () => {
    const { jobId } = await stoa.begin("terminal");
    await stoa.until(jobId, "running");
    const answer = await giveUp(jobId);
    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining("Its server answers") } });
    expect((await stoa.job(jobId)).status).toBe("running");
  });

  it.each(["running", "stopped"])("settles what a lost server had (%s) at its last sign", async (desired) => {
    const id = await lost(desired);
    expect((await stoa.call("POST", `/api/stoa/v1/admin/sessions/${id}/give-up`, { as: "ann" })).status).toBe(403);
    const answer = await giveUp(id);
    expect(answer).toMatchObject({ status: 200, body: { status: "failed", hang: null, can_give_up: false } });
    expect(answer.body.reason_told).toMatchObject({ code: "given_up_lost", params: { actor: "boss", node: "gone" } });
    // Two processors for the two hours until the last sign, not for the third.
    expect(Number(answer.body.core_hours)).toBeCloseTo(4, 2);
    const [job] = await rows(
      "select j.desired, w.status from jobs j join workspaces w on w.id = j.workspace_id where j.id = $1",
      [id],
    );
    expect(job).toEqual({ desired: "stopped", status: "idle" });
    const [entry] = await rows(
      "select about, details from audit_entries where action = 'session.give-up' and subject_id = $1",
      [String(id)],
    );
    expect(entry.about.map(Number)).toEqual([2]);
    expect(JSON.parse(entry.details)).toMatchObject({
      owner: "ann",
      workspace: expect.stringMatching(/./),
      node: "gone",
    });
    const [left] = await rows("select queue, state from operations where kind = 'session.clear' and subject_id = $1", [
      String(id),
    ]);
    expect(left).toMatchObject({ queue: "session.clear/gone", state: "queued" });
    expect((await giveUp(id)).status).toBe(409);
  });

  it("ends what is left once its server can", async () => {
    const { jobId } = await stoa.begin("terminal");
    await stoa.until(jobId, "running");
    await rows("update session_places set seen_at = now() - interval '1 hour' where node_id = 'node-a'");
    expect((await giveUp(jobId)).status).toBe(200);
    await expect
      .poll(
        async () =>
          (
            await rows("select result from operations where kind = 'session.clear' and subject_id = $1", [
              String(jobId),
            ])
          )[0]?.result,
        { timeout: 20_000 },
      )
      .toEqual({ left: expect.any(Boolean) });
    const { body } = await stoa.call("GET", `/api/stoa/v1/admin/sessions/${jobId}`);
    expect(body.status).toBe("failed");
  });
});

describe("a server that will not come back", () => {
  const retire = (node: string, as: "ann" | "boss" = "boss") =>
    stoa.call("POST", `/api/stoa/v1/admin/session-hosts/${node}/retire`, { as });

  it("is missed until somebody retires it, and what waits for it alone is withdrawn", async () => {
    await lost();
    const figures = stoa.sessions.figures();
    const silent = async () => (await figures.silentHosts(5)).map(({ node }) => node);
    expect(await silent()).not.toContain("gone");
    expect((await retire("gone", "ann")).status).toBe(403);
    expect((await retire("gone")).status).toBe(409);
    expect((await retire("node-a")).status).toBe(409);
    expect((await retire("never")).status).toBe(404);
    for (const job of await rows("select id from jobs where node_id = 'gone' and ended_at is null")) {
      expect((await giveUp(job.id)).status).toBe(200);
    }
    expect(await silent()).toContain("gone");
    const answer = await retire("gone");
    expect(answer.status).toBe(200);
    expect(answer.body.withdrawn).toBeGreaterThan(0);
    expect(await silent()).not.toContain("gone");
    expect(await rows("select from operations where queue = 'session.clear/gone' and state = 'queued'")).toEqual([]);
    expect(await rows("select subject_id from audit_entries where action = 'session-host.retire'")).toEqual([
      { subject_id: "gone" },
    ]);
  });
});

describe("days", () => {
  it("count what was asked for, ran, became ready and ended, also where nothing happened", async () => {
    await rows("delete from session_idle; delete from session_viewers");
    const workspaceId = await ground.workspace(2);
    await rows(
      `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, status, cpus, created_at, started_at,
         ready_at, ended_at, core_hours) values
         (2, $1, 'terminal', 'local', 'x', gen_random_uuid(), 'complete', 1, '2026-03-01T23:00Z', '2026-03-01T23:00Z',
          '2026-03-01T23:00:04Z', '2026-03-02T01:00Z', 2),
         (2, $1, 'terminal', 'local', 'x', gen_random_uuid(), 'failed', 1, '2026-03-02T10:00Z', '2026-03-02T10:00Z',
          null, '2026-03-02T11:00Z', 1.5)`,
      [workspaceId],
    );
    expect(await stoa.sessions.figures().days("2026-02-28", "2026-03-02")).toMatchObject([
      { day: "2026-02-28", started: 0, complete: 0, failed: 0, readyMedianMs: null, coreHours: "0.00000" },
      { day: "2026-03-01", started: 1, running: 1, complete: 0, failed: 0, readyMedianMs: 4000, coreHours: "0.00000" },
      { day: "2026-03-02", started: 1, running: 2, complete: 1, failed: 1, readyMedianMs: null, coreHours: "3.50000" },
    ]);
  });
});
