import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
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
    .poll(() => read(id), { timeout: 8_000 })
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
  await expect.poll(due, { timeout: 8_000 }).toBe(0);
  expect((await read(id)).workspace_details.current_workspace_details.files).toEqual([{ name: "/y" }]);
  expect((await read(id)).disk_space).toBe(1);
});

it("gives up on none that can't be looked at", async () => {
  const id = await server.create({ x: "x" });
  await rm(server.onDisk(id), { recursive: true });
  await server.database.db.transaction().execute((trx) => server.workspaces.requestRescan(trx, id));
  await expect.poll(due, { timeout: 8_000 }).toBe(0);
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
