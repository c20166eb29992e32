import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { TIDY_KIND } from "../tidy.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const api = "/api/stoa/v1";
const tidy = () =>
  server.operations.run({
    kind: TIDY_KIND,
    subject: { kind: "workspaces", id: "all" },
    actor: { accountId: null, label: "test" },
    input: {},
  });
/** How many statements wait for somebody's lock. */
async function waiting(): Promise<number> {
  const { rows } = await server.database.pool.query(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].n;
}

// Many files: their removal would still be under way when the restore moves the folder.
const names = Array.from({ length: 300 }, (_, index) => `${index}`);

it("the purge leaves alone what a restore has claimed while it looked", async () => {
  const id = await server.create(Object.fromEntries(names.map((name) => [`folder/${name}`, "x"])));
  const { body: entry } = await server.call("DELETE", `${api}/workspaces/${id}/files?path=folder`);
  const { pool } = server.database;
  await pool.query("update trash_entries set deleted_at = now() - interval '400 days'");
  const holder = await pool.connect();
  try {
    await holder.query("begin");
    await holder.query("select from trash_entries for update");
    // First in line, so that the purge comes upon a row that the restore has claimed.
    const restored = server.call("POST", `${api}/trash/${entry.id}/restore`);
    await expect.poll(waiting).toBe(1);
    const tidied = tidy();
    await expect.poll(waiting).toBe(2);
    await holder.query("commit");
    expect((await restored).status).toBe(200);
    await tidied;
  } finally {
    holder.release(true);
  }
  expect((await readdir(server.onDisk(id, "folder"))).sort()).toEqual(names.toSorted());
  expect((await pool.query("select state from trash_entries")).rows).toEqual([]);
});
