import { statSync } from "node:fs";
import { mkdir, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { OpenFolder } from "../files/descriptor-walk.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
  await server.workspaces.start();
});
afterAll(async () => {
  await server?.workspaces.stop();
  await server?.close();
});

const read = async (id: number) => (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces[0];
const due = async () =>
  (await server.database.pool.query("select count(*)::int as n from workspaces where scan_done < scan_wanted")).rows[0]
    .n;

it("finds what a session made, soon after it says so", async () => {
  const id = await server.create({ "a.txt": "1" });
  await writeFile(server.onDisk(id, "result.csv"), "12345");
  await mkdir(server.onDisk(id, "sub"));
  await writeFile(server.onDisk(id, "sub", ".dot"), "12");
  await symlink("result.csv", server.onDisk(id, "latest"));
  await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
  await expect
    .poll(() => read(id), { timeout: 20_000 })
    .toMatchObject({
      disk_space: 8,
      workspace_details: {
        current_workspace_details: {
          files: [{ name: "/a.txt" }, { name: "/result.csv" }],
          symlinks: [{ name: "/latest" }],
        },
      },
    });
  expect(server.platform.recorded.events.at(-1)).toMatchObject({ data: { change: "scanned" } });
});

it("scans no more than is wanted, and forgets names that are gone", async () => {
  const id = await server.create({ x: "x", y: "y" });
  const deleted = await server.call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=x`);
  expect(deleted.status).toBe(200);
  await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
  await expect.poll(due, { timeout: 20_000 }).toBe(0);
  expect((await read(id)).workspace_details.current_workspace_details.files).toEqual([{ name: "/y" }]);
  expect((await read(id)).disk_space).toBe(1);
});

it("counts files with holes up to what can be read again", async () => {
  const id = await server.create({ x: "x" });
  // The largest that ext4 takes; together more than 2^53.
  for (let count = 0; count < 520; count += 1) {
    await writeFile(server.onDisk(id, `${count}`), "");
    await truncate(server.onDisk(id, `${count}`), 2 ** 44 - 4096);
  }
  await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
  await expect.poll(due, { timeout: 20_000 }).toBe(0);
  expect((await read(id)).disk_space).toBe(Number.MAX_SAFE_INTEGER);
});

it("gives up on none that can't be looked at", async () => {
  const id = await server.create({ x: "x" });
  await rm(server.onDisk(id), { recursive: true });
  await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
  await expect.poll(due, { timeout: 20_000 }).toBe(0);
  expect((await read(id)).status).toBe("idle");
});

it("keeps up under constant change, and forgets no name that was just written", async () => {
  const id = await server.create();
  const names: string[] = [];
  for (let count = 0; count < 40; count += 1) {
    const body = { workspace_details: { files: [{ name: `f${count}`, content: "12" }] } };
    expect((await server.call("PUT", `/workspaces/${id}/`, body)).status).toBe(200);
    await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
    names.push(`/f${count}`);
    const seen = (await read(id)).workspace_details.current_workspace_details.files as { name: string }[];
    expect(new Set(seen.map(({ name }) => name))).toEqual(new Set(names));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  // More than the debouncing time has gone by, without a pause as long as it.
  expect((await read(id)).disk_space).toBeGreaterThan(0);
});

it("puts off a workspace whose scans fail, longer each time, and goes on with the others", async () => {
  const [bad, good] = [await server.create({ x: "x" }), await server.create({ y: "y" })];
  const state = async (id: number) =>
    (
      await server.database.pool.query(
        `select scan_failures as failures, scan_done < scan_wanted as due,
          round(extract(epoch from scan_lease_until - now()) / 60)::int as minutes from workspaces where id = $1`,
        [id],
      )
    ).rows[0];
  const { at } = OpenFolder.prototype;
  const broken = (await stat(server.onDisk(bad))).ino;
  const spy = vi.spyOn(OpenFolder.prototype, "at").mockImplementation(function (this: OpenFolder, name) {
    const path = at.call(this, String(name));
    // A scan begins with the folder itself.
    if (name === "" && statSync(path).ino === broken) throw Object.assign(new Error("broken"), { code: "EIO" });
    return path;
  });
  try {
    // As if it had ended three servers.
    await server.database.pool.query("update workspaces set scan_failures = 3 where id = $1", [bad]);
    await server.database.db.transaction().execute(async (trx) => {
      await server.workspaces.requestRescan(trx, bad);
      await server.workspaces.requestRescan(trx, good);
    });
    await expect.poll(() => state(good), { timeout: 20_000 }).toMatchObject({ due: false, failures: 0 });
    expect(await state(bad)).toEqual({ due: true, failures: 4, minutes: 40 });
  } finally {
    spy.mockRestore();
  }
  await server.database.pool.query("update workspaces set scan_lease_until = null where id = $1", [bad]);
  await expect.poll(() => state(bad), { timeout: 20_000 }).toMatchObject({ due: false, failures: 0 });
});
