import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const none = { message: "Workspace matching given parameters could not be found.", data: { workspaces: [] } };

describe("DELETE /workspaces/{id}/", () => {
  it("queues the deletion once, and the workspace goes to the trash", async () => {
    const id = await server.create({ "a.txt": "kept" });
    for (let time = 0; time < 2; time += 1) {
      const answer = await server.call("DELETE", `/workspaces/${id}/`);
      expect(answer).toMatchObject({
        status: 200,
        body: { success: true, message: `Workspace ${id} queued for deletion.` },
      });
    }
    expect(server.operations.queued).toHaveLength(1);
    expect((await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces[0].status).toBe("deleting");
    expect((await server.call("PUT", `/workspaces/${id}/`, { name: "x" })).status).toBe(404);
    const [operation] = server.operations.queued;
    await server.operations.runAll();
    // A worker that was thought dead may run it again.
    if (operation) await server.operations.run(operation);
    expect((await server.call("GET", `/workspaces/${id}/`)).body).toMatchObject(none);
    expect((await server.call("DELETE", `/workspaces/${id}/`)).status).toBe(404);
    await expect(readdir(server.onDisk(id))).rejects.toThrow("ENOENT");
  });

  it("is refused while a session runs", async () => {
    const id = await server.create();
    const { db } = server.database;
    await db.transaction().execute(async (trx) => {
      expect(await server.workspaces.lockForStart(trx, server.ids.bob, id)).toBeNull();
      expect(await server.workspaces.lockForStart(trx, server.ids.ann, id)).toMatchObject({ id });
      await server.workspaces.markActive(trx, id);
    });
    const answer = await server.call("DELETE", `/workspaces/${id}/`);
    expect(answer).toMatchObject({
      status: 400,
      body: { success: false, message: "Cannot delete workspace, jobs are running for this workspace." },
    });
    const [active] = (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces;
    expect(active).toMatchObject({ status: "active", datetime_last_job_launch: expect.stringMatching(time) });
    await db.transaction().execute((trx) => server.workspaces.markIdle(trx, id));
    expect((await server.call("DELETE", `/workspaces/${id}/`)).status).toBe(200);
    await db.transaction().execute(async (trx) => {
      expect(await server.workspaces.lockForStart(trx, server.ids.ann, id)).toBeNull();
    });
    await server.operations.runAll();
  });
});
