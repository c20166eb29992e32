import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createGround, type Ground } from "./test-ground.ts";
import { startSessions, type TestSessions } from "./test-sessions-server.ts";

let ground: Ground;
const servers: TestSessions[] = [];

beforeAll(async () => {
  ground = await createGround();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await ground.database.pool.query("update accounts set status = 'active'");
});
afterAll(() => ground.clear());

const start = async (): Promise<TestSessions> => {
  const server = await startSessions(ground, { localIsolation: "none" });
  servers.push(server);
  return server;
};
const deactivate = (id: number) =>
  ground.database.pool.query("update accounts set status = 'deactivated' where id = $1", [id]);
const row = async (jobId: number) =>
  (await ground.database.pool.query("select status, reason, desired from jobs where id = $1", [jobId])).rows[0];
const beginFor = async (server: TestSessions, ownerId: number, as: "boss" | "ann") => {
  const workspaceId = await ground.workspace(ownerId);
  const answer = await server.call("PUT", `/workspaces/${workspaceId}/start/`, {
    as,
    body: { job_type: "local_test_job" },
  });
  return answer.body.data.job.id as number;
};
const reason = "Stopped because the account was deactivated.";

describe("deactivating an account", () => {
  it("ends the person's sessions at once, and nobody else's", async () => {
    const server = await start();
    const [hers, his] = [await beginFor(server, 2, "ann"), await beginFor(server, 1, "boss")];
    await expect.poll(() => row(hers), { timeout: 20_000 }).toMatchObject({ status: "running" });
    await deactivate(2);
    await ground.database.db.transaction().execute((trx) =>
      server.platform.events.publish(trx, {
        type: "account.changed",
        subject: { kind: "account", id: "2" },
        audience: [2],
        data: { account_id: 2, action: "account.deactivate" },
      }),
    );
    await expect.poll(() => row(hers), { timeout: 20_000 }).toMatchObject({ status: "complete", reason });
    expect(await row(his)).toMatchObject({ desired: "running", reason: null });
    const { rows } = await ground.database.pool.query(
      "select actor_label, details::jsonb as details from audit_entries where action = 'session.stop' and subject_id = $1",
      [String(hers)],
    );
    expect(rows).toEqual([{ actor_label: "system", details: { reason } }]);
  });

  it("while no server runs ends them at the next start", async () => {
    const first = await start();
    const hers = await beginFor(first, 2, "ann");
    await expect.poll(() => row(hers), { timeout: 20_000 }).toMatchObject({ status: "running" });
    servers.splice(0);
    await first.stop();
    await deactivate(2);
    await start();
    await expect.poll(() => row(hers), { timeout: 20_000 }).toMatchObject({ status: "complete", reason });
  }, 20_000);

  it("before its start ends a session that was only asked for", async () => {
    const workspaceId = await ground.workspace(2);
    const { rows } = await ground.database.pool.query(
      `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus)
       values (2, $1, 'local_test_job', 'local', 'node-a', gen_random_uuid(), 1) returning id`,
      [workspaceId],
    );
    await deactivate(2);
    await start();
    expect(await row(rows[0].id)).toMatchObject({ status: "complete", reason });
  });
});
