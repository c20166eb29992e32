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
    await expect.poll(() => state(bad), { timeout: 20_000 }).toEqual({ due: true, failures: 4, minutes: 40 });
  } finally {
    spy.mockRestore();
  }
  await server.database.pool.query("update workspaces set scan_lease_until = null where id = $1", [bad]);
  await expect.poll(() => state(bad), { timeout: 20_000 }).toMatchObject({ due: false, failures: 0 });
});

it("tries again soon after a first failure", async () => {
  const id = await server.create({ x: "x" });
  const { at } = OpenFolder.prototype;
  const folder = (await stat(server.onDisk(id))).ino;
  const spy = vi.spyOn(OpenFolder.prototype, "at").mockImplementation(function (this: OpenFolder, name) {
    const path = at.call(this, String(name));
    if (name === "" && statSync(path).ino === folder) throw Object.assign(new Error("broken"), { code: "EIO" });
    return path;
  });
  const waits = async () =>
    (
      await server.database.pool.query(
        "select extract(epoch from scan_lease_until - now())::int as seconds from workspaces where id = $1",
        [id],
      )
    ).rows[0].seconds as number | null;
  try {
    await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
    await expect.poll(async () => (await waits()) ?? 1_000, { timeout: 9_000 }).toBeLessThan(11);
  } finally {
    spy.mockRestore();
  }
  await server.database.pool.query("update workspaces set scan_lease_until = null where id = $1", [id]);
  await expect.poll(due, { timeout: 20_000 }).toBe(0);
});

it("asks each minute what running sessions made where nothing was, each five minutes everywhere", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const own = await createWorkspacesServer();
  try {
    const [fresh, older, idle] = [await own.create(), await own.create({ a: "1" }), await own.create()];
    const written = [fresh, older, idle].map((id) => writeFile(own.onDisk(id, "made.csv"), "123"));
    await Promise.all(written);
    await own.database.pool.query("update workspaces set status = 'active' where id = any($1)", [[fresh, older]]);
    await own.workspaces.start();
    const size = async (id: number) =>
      (await own.call("GET", `/workspaces/${id}/`)).body.data.workspaces[0].disk_space as number;
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => size(fresh), { timeout: 20_000 }).toBe(3);
    expect(await size(older)).toBe(1);
    vi.advanceTimersByTime(4 * 60_000);
    await expect.poll(() => size(older), { timeout: 20_000 }).toBe(4);
    expect(await size(idle), "no session runs there").toBe(0);
  } finally {
    await own.workspaces.stop();
    vi.useRealTimers();
    await own.close();
  }
});

it("looks at what somebody has just made before all that was taken over from elsewhere", async () => {
  const own = await createWorkspacesServer();
  try {
    const [imported, fresh] = [await own.create(), await own.create()];
    for (const id of [imported, fresh]) await writeFile(own.onDisk(id, "a.csv"), "123");
    await own.database.pool.query("update workspaces set scan_wanted = 1, scan_done = 0 where id = $1", [imported]);
    await own.database.db.transaction().execute((trx) => own.workspaces.requestRescan(trx, fresh));
    await own.workspaces.start();
    const scanned = () =>
      own.platform.recorded.events.filter(({ data }) => data?.change === "scanned").map(({ subject }) => subject?.id);
    await expect.poll(scanned, { timeout: 20_000 }).toEqual([String(fresh), String(imported)]);
  } finally {
    await own.workspaces.stop();
    await own.close();
  }
});
