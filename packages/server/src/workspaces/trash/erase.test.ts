import { readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.operations.runAll();
  await server.database.pool.query("delete from trash_entries");
  const trash = path.join(server.dataDir, "trash", String(server.ids.ann));
  for (const left of await readdir(trash).catch(() => [])) await rm(path.join(trash, left), { recursive: true });
});

const api = "/api/stoa/v1";
type As = "ann" | "bob";
const call = (method: string, route: string, body?: unknown, as: As = "ann") =>
  server.call(method, `${api}/trash${route}`, body, { as });
const list = async () => (await call("GET", "")).body.items.map((item: { path: string }) => item.path);
const thrown = async (id: number, name: string): Promise<number> =>
  (await server.call("DELETE", `${api}/workspaces/${id}/files?path=${name}`)).body.id;
const onDisk = () => readdir(path.join(server.dataDir, "trash", String(server.ids.ann))).catch(() => []);

describe("deleting for good", () => {
  it("takes one entry out of the list at once, and its files in the background", async () => {
    const id = await server.create({ "a/b": "12345", c: "c" });
    const [a, c] = [await thrown(id, "a/b"), await thrown(id, "c")];
    expect((await call("GET", "/summary")).body).toEqual({
      entries: 2,
      workspaces: 0,
      folders: 0,
      bytes: 6,
      newest_id: c,
      places: [{ id, name: "Thesis", entries: 2 }],
    });
    const answer = await call("DELETE", `/${a}`);
    expect(answer).toMatchObject({ status: 202, body: { operation_id: expect.any(String), entries: 1, bytes: 5 } });
    expect(await list()).toEqual(["c"]);
    expect((await call("POST", `/${a}/restore`)).status).toBe(404);
    expect((await call("DELETE", `/${a}`)).status).toBe(404);
    expect(await onDisk()).toContain(String(a));
    expect(await server.operations.runAll()).toEqual([{ erased: 1 }]);
    expect(await onDisk()).toEqual([String(c)]);
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "trash.erase",
      actor: { accountId: server.ids.ann },
      details: { entries: 1, bytes: 5, names: ["a/b"] },
    });
  });

  it("takes a selection, and leaves others' entries alone", async () => {
    const id = await server.create({ a: "", b: "", c: "" });
    const ids = [await thrown(id, "a"), await thrown(id, "b"), await thrown(id, "c")];
    expect((await call("POST", "/erase", { ids }, "bob")).status).toBe(404);
    expect((await call("DELETE", `/${ids[0]}`, undefined, "bob")).status).toBe(404);
    expect((await call("DELETE", "", undefined, "bob")).body).toEqual({ operation_id: null, entries: 0, bytes: 0 });
    expect(await list()).toEqual(["c", "b", "a"]);
    expect((await call("POST", "/erase", { ids: [ids[0], ids[2], 999_999] })).body).toMatchObject({ entries: 2 });
    expect(await list()).toEqual(["b"]);
    expect((await call("POST", "/erase", { ids: [] })).status).toBe(400);
  });

  it("empties all, but not what came after the newest that was seen", async () => {
    const id = await server.create({ a: "", b: "", later: "" });
    await thrown(id, "a");
    const seen = await thrown(id, "b");
    await thrown(id, "later");
    expect((await call("DELETE", `?up_to=${seen}`)).body).toMatchObject({ entries: 2 });
    expect(await list()).toEqual(["later"]);
    expect((await call("DELETE", "")).body).toMatchObject({ entries: 1 });
    expect((await call("DELETE", "")).body).toMatchObject({ entries: 0, operation_id: null });
    await server.operations.runAll();
    expect(await onDisk()).toEqual([]);
  });

  it("takes along with a workspace what was deleted out of it, and empties its row", async () => {
    const id = await server.create({ x: "x", y: "y" });
    const other = await server.create({ z: "z" });
    await thrown(id, "x");
    await thrown(other, "z");
    await server.call("DELETE", `/workspaces/${id}/`);
    await server.operations.runAll();
    const [entry] = (await call("GET", "")).body.items;
    expect(entry.kind).toBe("workspace");
    expect((await call("DELETE", `/${entry.id}`)).body).toMatchObject({ entries: 2 });
    expect(await list()).toEqual(["z"]);
    await server.operations.runAll();
    expect(await onDisk()).toHaveLength(1);
    const { rows } = await server.database.pool.query("select disk_space from workspaces where id = $1", [id]);
    expect(rows).toEqual([{ disk_space: 0 }]);
  });

  it("erases or restores when both are asked for at once, never both", async () => {
    const id = await server.create({ x: "x" });
    const entry = await thrown(id, "x");
    const [erased, restored] = await Promise.all([call("DELETE", `/${entry}`), call("POST", `/${entry}/restore`)]);
    expect([erased.status, restored.status].sort()).toEqual([erased.status === 202 ? 202 : 200, 404]);
    await server.operations.runAll();
    expect(await readdir(server.onDisk(id))).toEqual(erased.status === 202 ? [] : ["x"]);
  });

  it("says what can't be removed now, and leaves it to the next try", async () => {
    const id = await server.create({ a: "", b: "" });
    const ids = [await thrown(id, "a"), await thrown(id, "b")];
    // No folder stands where the trash should be.
    const trash = path.join(server.dataDir, "trash", String(server.ids.ann));
    await rename(trash, `${trash}-aside`);
    await writeFile(trash, "");
    await call("POST", "/erase", { ids });
    const [operation] = server.operations.queued;
    if (operation === undefined) throw new Error("nothing queued");
    await expect(server.operations.runAll()).rejects.toThrow(/2 of them could not be removed now/);
    expect(await list()).toEqual([]);
    await rm(trash);
    await rename(`${trash}-aside`, trash);
    expect(await server.operations.run(operation)).toEqual({ erased: 2 });
    expect(await onDisk()).toEqual([]);
  });
});
