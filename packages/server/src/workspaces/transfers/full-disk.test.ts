import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { makeTar, makeZip } from "./testing-archives.ts";

const MB = 1 << 20;

/** All of a person's files on a small disk of their own. Only root can give it to them. */
describe.runIf(process.getuid?.() === 0)("a disk that is full in the midst of it", () => {
  let server: WorkspacesServer;
  let disk = "";
  beforeAll(async () => {
    server = await createWorkspacesServer();
    disk = path.join(server.dataDir, "workspaces", String(server.ids.ann));
    mkdirSync(disk, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
  });
  afterAll(async () => {
    execFileSync("umount", ["-l", disk]);
    await server?.close();
  });
  beforeEach(() => void server.operations.queued.splice(0));

  const staged = () => readdir(path.join(disk, ".staging")).catch(() => []);
  const uploadRows = async () =>
    (await server.database.pool.query("select state from uploads where state <> 'done'")).rows;
  const nothingOf = async (id: number, ...names: string[]) => {
    expect(await readdir(server.onDisk(id))).toEqual(names);
    expect(await staged()).toEqual([]);
    expect(await uploadRows()).toEqual([]);
  };

  it("keeps what came of an upload, says where it stands, and goes on when there is room", async () => {
    const id = await server.create({ old: "old" });
    await writeFile(server.onDisk(id, "filler"), Buffer.alloc(4 * MB));
    const content = Buffer.concat(Array.from({ length: 6 }, (_, n) => Buffer.alloc(MB, n + 65)));
    const tus = { "tus-resumable": "1.0.0" };
    const begun = await server.call("POST", `/api/stoa/v1/workspaces/${id}/uploads`, undefined, {
      headers: {
        ...tus,
        "upload-length": String(content.length),
        "upload-metadata": `path ${Buffer.from("old").toString("base64")}`,
      },
    });
    const where = String(begun.headers.location);
    const send = (offset: number) =>
      server.call("PATCH", where, undefined, {
        headers: { ...tus, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
        raw: content.subarray(offset),
      });
    expect(await send(0)).toMatchObject({ status: 507, body: { code: "disk_full" } });
    const at = Number((await server.call("HEAD", where, undefined, { headers: tus })).headers["upload-offset"]);
    expect(at).toBeGreaterThan(MB);
    expect(at).toBeLessThan(content.length);
    expect(await readFile(server.onDisk(id, "old"), "utf8")).toBe("old");
    await rm(server.onDisk(id, "filler"));
    expect((await send(at)).status).toBe(204);
    expect((await readFile(server.onDisk(id, "old"))).equals(content)).toBe(true);
    await rm(server.onDisk(id, "old"));
    await nothingOf(id);
  });

  it("leaves nothing of many files that come at once", async () => {
    const id = await server.create({ a: "old" });
    const files = Array.from({ length: 12 }, (_, n) => ({ name: n === 0 ? "a" : `f${n}`, content: Buffer.alloc(MB) }));
    const answer = await server.call(
      "PUT",
      `/api/stoa/v1/workspaces/${id}/files/batch?on_conflict=replace`,
      undefined,
      {
        raw: await makeTar(files),
        headers: { "content-type": "application/x-tar" },
      },
    );
    expect(answer).toMatchObject({ status: 507, body: { code: "disk_full" } });
    expect(await readFile(server.onDisk(id, "a"), "utf8")).toBe("old");
    await nothingOf(id, "a");
  });

  it("leaves nothing of an archive that grows beyond it", async () => {
    const id = await server.create();
    const files = Array.from({ length: 12 }, (_, n) => ({ name: `f${n}`, content: Buffer.alloc(MB) }));
    await writeFile(server.onDisk(id, "in.zip"), makeZip(files));
    await server.call("POST", `/api/stoa/v1/workspaces/${id}/files/unpack`, { path: "in.zip", to: "out" });
    await expect(server.operations.runAll()).rejects.toMatchObject({ code: "disk_full" });
    await nothingOf(id, "in.zip");
  });

  it("leaves nothing of a copy, and the original as it is", async () => {
    const id = await server.create();
    await writeFile(server.onDisk(id, "big"), Buffer.alloc(5 * MB));
    await server.call("POST", `/api/stoa/v1/workspaces/${id}/files/copy`, { path: "big", to: "second" });
    await expect(server.operations.runAll()).rejects.toMatchObject({ code: "disk_full" });
    expect((await stat(server.onDisk(id, "big"))).size).toBe(5 * MB);
    await rm(server.onDisk(id, "big"));
    expect((await readdir(server.onDisk(id))).length).toBe(0);
  });

  it("moves, deletes and restores all the same: no byte is written anew for it", async () => {
    const id = await server.create({ "a.txt": "a" });
    await writeFile(server.onDisk(id, "filler"), Buffer.alloc(9 * MB)).catch(() => undefined);
    const moved = await server.call("POST", `/api/stoa/v1/workspaces/${id}/files/move`, { path: "a.txt", to: "b.txt" });
    expect(moved.status, moved.text).toBe(200);
    expect(await readFile(server.onDisk(id, "b.txt"), "utf8")).toBe("a");
  });
});
