import { access } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSharingServer, type SharingPerson, type SharingServer } from "./testing-sharing.ts";

let server: SharingServer;
let ann: SharingPerson;
let bob: SharingPerson;
beforeAll(async () => {
  server = await createSharingServer();
  ann = await server.person("ann");
  bob = await server.person("bob");
});
afterAll(() => server?.close());

const statuses = async (calls: readonly Promise<{ status: number }>[]) =>
  (await Promise.all(calls)).map(({ status }) => status);

it("accepts once, however many ask at once", async () => {
  const share = await ann.share(await ann.workspace(), bob);
  const accept = () => bob.call("PUT", `/shared_workspaces/${share}/accept/`);
  expect(await statuses([accept(), accept(), accept(), accept()])).toEqual([200, 200, 200, 200]);
  const written = await server.sql("select 1 from audit_entries where action = 'share.accept' and subject_id = $1", [
    String(share),
  ]);
  expect(written).toHaveLength(1);
});

it("either accepts or cancels, never both", async () => {
  for (let round = 0; round < 6; round += 1) {
    const share = await ann.share(await ann.workspace({ "a.txt": "A" }), bob);
    if (round % 2 === 0) await server.settled();
    const [accepted, cancelled] = await statuses([
      bob.call("PUT", `/shared_workspaces/${share}/accept/`),
      ann.call("DELETE", `/shared_workspaces/${share}/`),
    ]);
    expect([
      [200, 400],
      [404, 200],
    ]).toContainEqual([accepted, cancelled]);
    await server.settled();
    const there = await access(bob.onDisk(share)).then(
      () => true,
      () => false,
    );
    expect(there).toBe(accepted === 200);
    expect((await bob.call("GET", `/workspaces/${share}/`)).body.data.workspaces).toHaveLength(there ? 1 : 0);
  }
});

it("either deletes the original or shares it", async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await ann.workspace();
    const body = { original_workspace_id: id, shared_user_ids: [bob.id] };
    const [deleted, shared] = await statuses([
      ann.call("DELETE", `/workspaces/${id}/`),
      ann.call("POST", "/shared_workspaces/", body),
    ]);
    expect([
      [200, 404],
      [400, 200],
    ]).toContainEqual([deleted, shared]);
  }
  await server.settled();
});

it("locks its receivers' accounts by their numbers, in whatever order they are named", async () => {
  const dan = await server.person("dan");
  const id = await ann.workspace();
  const holder = await server.database.pool.connect();
  try {
    await holder.query("begin");
    await holder.query("select from accounts where id = $1 for update", [bob.id]);
    const shared = ann.share(id, dan, bob);
    const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await expect.poll(() => server.sql(waiting)).toHaveLength(1);
    // Nobody has the later one yet: else whoever holds the first and wants it waits for ever.
    await holder.query("select from accounts where id = $1 for update nowait", [dan.id]);
    await holder.query("commit");
    expect(await shared).toBeGreaterThan(0);
  } finally {
    holder.release(true);
  }
});

it("answers a list of many large shares within its bound, and each alone whole", async () => {
  const cat = await server.person("cat");
  const id = await ann.workspace();
  const names = Array.from({ length: 64 }, () => ({ name: "/".padEnd(4_000, "x") }));
  await server.sql("update workspaces set current_details = $1 where id = $2", [
    JSON.stringify({ files: names, symlinks: [] }),
    id,
  ]);
  const shares: number[] = [];
  for (let count = 0; count < 20; count += 1) shares.push(await ann.share(id, cat));
  await server.settled();
  const list = (await cat.call("GET", "/shared_workspaces/")).body.data.shared_workspaces;
  expect(list).toHaveLength(20);
  expect(JSON.stringify(list).length).toBeLessThan(4.3 * 2 ** 20);
  const { data } = (await cat.call("GET", `/shared_workspaces/${shares.at(-1)}/`)).body;
  const { original_workspace_id: original } = data.shared_workspaces[0];
  expect(original.workspace_details.current_workspace_details.files).toHaveLength(64);
});
