import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "./testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const name = (file: string) => Buffer.from(file).toString("base64");
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging")).catch(() => [] as string[]);
const uploads = async () => (await server.database.pool.query("select id, owner_id, state from uploads")).rows;

/** Half a file. */
async function begin(workspace: number, as: "ann" | "bob" = "ann"): Promise<void> {
  const headers = { "tus-resumable": "1.0.0", "upload-length": "8", "upload-metadata": `path ${name("diary.txt")}` };
  const made = await server.call("POST", `/api/stoa/v1/workspaces/${workspace}/uploads`, undefined, { as, headers });
  const type = { "content-type": "application/offset+octet-stream", "upload-offset": "0", "tus-resumable": "1.0.0" };
  await server.call("PATCH", String(made.headers.location), undefined, { as, headers: type, raw: Buffer.from("half") });
}

/** As a deletion does, until nothing is left. */
async function removeAll(accountId: number): Promise<void> {
  for (let look = 0; look < 10; look += 1) {
    if (await server.workspaces.accountPart.remove?.(accountId)) return;
    await server.operations.runAll();
  }
  throw new Error("it never ended");
}

describe("the deletion of an account with unfinished uploads", () => {
  it("ends them, rows and bytes, and touches nobody else's", async () => {
    const [own, theirs] = [await server.create({ "a.txt": "a" }), await server.create({}, "bob")];
    await begin(own);
    await begin(own);
    await begin(theirs, "bob");
    expect(await staged()).toHaveLength(2);
    expect(await server.workspaces.accountPart.owned(server.ids.ann)).toMatchObject({ uploads: 2 });
    await removeAll(server.ids.ann);
    expect(await staged()).toEqual([]);
    expect(await uploads()).toEqual([expect.objectContaining({ owner_id: server.ids.bob, state: "receiving" })]);
    expect(await server.workspaces.accountPart.owned(server.ids.ann)).toMatchObject({ uploads: 0, workspaces: 0 });
  });

  it("waits for a request that still writes, and forgets what has ended", async () => {
    const own = await server.create();
    await begin(own);
    await server.database.pool.query(
      "update uploads set writer = gen_random_uuid(), writer_until = now() + interval '1 minute' where owner_id = $1",
      [server.ids.ann],
    );
    expect(await server.workspaces.accountPart.remove?.(server.ids.ann)).toBe(false);
    await server.operations.runAll();
    expect(await server.workspaces.accountPart.remove?.(server.ids.ann), "still written to").toBe(false);
    await server.database.pool.query(
      "update uploads set state = 'done', writer = null, writer_until = null where owner_id = $1",
      [server.ids.ann],
    );
    expect(await server.workspaces.accountPart.remove?.(server.ids.ann)).toBe(true);
    expect((await uploads()).filter((row) => row.owner_id === server.ids.ann)).toEqual([]);
  });
});
