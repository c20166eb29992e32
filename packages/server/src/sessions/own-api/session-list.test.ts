import { afterAll, beforeAll, expect, it } from "vitest";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;
let here: number;
let there: number;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground);
  here = await ground.workspace(1);
  there = await ground.workspace(1);
  await ground.database.pool.query("update workspaces set name = 'Tides 100%' where id = $1", [there]);
  await add(here, "terminal", "complete");
  await add(there, "terminal", "failed");
  await add(there, "local_test_job", "complete");
  await add(await ground.workspace(2), "terminal", "failed", 2);
});
afterAll(async () => {
  await stoa?.stop();
  await ground?.clear();
});

/** A session that has ended, put straight into the database: none is run. */
async function add(workspaceId: number, jobType: string, status: string, ownerId = 1): Promise<void> {
  await ground.database.pool.query(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, status, desired, ended_at)
     values ($1, $2, $3, 'local', 'x', gen_random_uuid(), 1, $4, 'stopped', now())`,
    [ownerId, workspaceId, jobType, status],
  );
}

const found = async (query: string, as: "boss" | "ann" = "boss"): Promise<string[]> => {
  const { body } = await stoa.call("GET", `/api/stoa/v1/sessions?${query}`, { as });
  return body.items.map((one: { job_type: string; status: string }) => `${one.job_type} ${one.status}`);
};

const all = ["local_test_job complete", "terminal failed", "terminal complete"];

it("lists those that have ended, or run, or came to one end", async () => {
  expect(await found("ended=true")).toEqual(all);
  expect(await found("live=true")).toEqual([]);
  expect(await found("status=failed")).toEqual(["terminal failed"]);
});

it("narrows to a program and a workspace", async () => {
  expect(await found("job_type=terminal")).toEqual(["terminal failed", "terminal complete"]);
  expect(await found(`job_type=terminal&workspace_id=${there}`)).toEqual(["terminal failed"]);
});

it("finds by a workspace's name, a program's, and a number in whichever digits", async () => {
  expect(await found("search=tides")).toEqual(["local_test_job complete", "terminal failed"]);
  expect(await found(`search=${encodeURIComponent("100%")}`)).toEqual(["local_test_job complete", "terminal failed"]);
  expect(await found("search=local_test")).toEqual(["local_test_job complete"]);
  expect(await found("search=1")).toContain("terminal complete");
  expect(await found(`search=${encodeURIComponent("#۲")}`)).toEqual(["terminal failed"]);
  expect(await found("search=nowhere")).toEqual([]);
  // Nothing in a text that is looked for is special.
  expect(await found(`search=${encodeURIComponent("%")}&job_type=local_test_job`)).toEqual(["local_test_job complete"]);
  expect(await found(`search=${encodeURIComponent("T_des")}`)).toEqual([]);
});

it("finds nobody else's", async () => {
  expect(await found("search=terminal", "ann")).toEqual(["terminal failed"]);
  expect(await found("search=tides", "ann")).toEqual([]);
});

it("goes on where a page ended, with the same filter", async () => {
  const { body } = await stoa.call("GET", "/api/stoa/v1/sessions?ended=true&limit=2");
  expect(body.items).toHaveLength(2);
  expect(await found(`ended=true&limit=2&cursor=${body.next_cursor}`)).toEqual(["terminal complete"]);
});
