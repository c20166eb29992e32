import { readdir, readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
  // Deferred to the commit: by then the file has been moved.
  await server.database.pool.query(`
    create function cut() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`);
});
afterAll(() => server?.close());
afterEach(() => server.database.pool.query("drop trigger if exists cut_at_commit on trash_entries"));

const api = "/api/stoa/v1";
const remove = (id: number, name: string) => server.call("DELETE", `${api}/workspaces/${id}/files?path=${name}`);
const restore = (entry: number) => server.call("POST", `${api}/trash/${entry}/restore`);
const paths = async () =>
  (await server.call("GET", `${api}/trash`)).body.items.map((item: { path: string }) => item.path);
const states = async () =>
  (await server.database.pool.query("select state from trash_entries order by id")).rows.map(({ state }) => state);
const cutAtCommitOf = (change: "update" | "delete") =>
  server.database.pool.query(`
    create constraint trigger cut_at_commit after ${change} on trash_entries deferrable initially deferred
    for each row execute function cut()`);
const mendAndSettle = async () => {
  await server.database.pool.query("drop trigger cut_at_commit on trash_entries");
  await server.workspaces.start();
  await server.workspaces.stop();
};

describe("a connection that is cut between the move and the commit", () => {
  it("loses no deleted file", async () => {
    const id = await server.create({ precious: "p" });
    await cutAtCommitOf("update");
    expect((await remove(id, "precious")).status).toBe(503);
    expect(await states()).toEqual(["moving"]);
    await mendAndSettle();
    expect(await paths()).toEqual(["precious"]);
    const [{ id: entry }] = (await server.call("GET", `${api}/trash`)).body.items;
    expect((await restore(entry)).status).toBe(200);
    expect(await readFile(server.onDisk(id, "precious"), "utf8")).toBe("p");
  });

  it("shows the file again without a restart, once the database is back", async () => {
    const id = await server.create({ seen: "s" });
    await cutAtCommitOf("update");
    expect((await remove(id, "seen")).status).toBe(503);
    expect(await paths()).not.toContain("seen");
    await server.database.pool.query("drop trigger cut_at_commit on trash_entries");
    await expect.poll(paths).toContain("seen");
    const [{ id: entry }] = (await server.call("GET", `${api}/trash`)).body.items;
    await cutAtCommitOf("delete");
    expect((await restore(entry)).status).toBe(503);
    await server.database.pool.query("drop trigger cut_at_commit on trash_entries");
    await expect.poll(states).not.toContain("restoring");
    expect(await readFile(server.onDisk(id, "seen"), "utf8")).toBe("s");
  });

  it("leaves no entry for a file that is restored", async () => {
    const id = await server.create({ back: "b" });
    const entry = (await remove(id, "back")).body.id;
    await cutAtCommitOf("delete");
    expect((await restore(entry)).status).toBe(503);
    expect(await states()).toEqual(["restoring"]);
    await mendAndSettle();
    expect(await paths()).toEqual([]);
    expect(await readdir(server.onDisk(id))).toEqual(["back"]);
  });

  it("leaves no restored workspace among the deleted ones", async () => {
    const id = await server.create({ x: "x" });
    await server.call("DELETE", `/workspaces/${id}/`);
    await server.operations.runAll();
    const [{ id: entry }] = (await server.call("GET", `${api}/trash`)).body.items;
    await cutAtCommitOf("delete");
    expect((await restore(entry)).status).toBe(503);
    await mendAndSettle();
    expect(await paths()).toEqual([]);
    expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("x");
    const [workspace] = (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces;
    expect(workspace.status).toBe("idle");
  });
});

describe("a refusal", () => {
  it("leaves nothing half-way", async () => {
    const id = await server.create({ x: "x" });
    const { body } = await remove(id, "x");
    await server.call("DELETE", `/workspaces/${id}/`);
    expect((await restore(body.id)).status).toBe(409);
    expect(await states()).toEqual(["kept"]);
  });

  it("at the commit, with the file in the trash already, shows it there soon", async () => {
    const id = await server.create({ moved: "m" });
    await server.database.pool.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create constraint trigger cut_at_commit after update on trash_entries deferrable initially deferred
      for each row execute function refuse()`);
    expect((await remove(id, "moved")).status).toBe(500);
    await server.database.pool.query("drop trigger cut_at_commit on trash_entries");
    expect(await readdir(server.onDisk(id))).toEqual([]);
    await expect.poll(paths, { timeout: 5_000 }).toContain("moved");
  });
});
