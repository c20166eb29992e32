import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBufferPromise } from "yauzl";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { makeTar } from "./testing-archives.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer({ limits: { uploadBytes: 8 << 20, archiveEntries: 1_000 } });
});
afterAll(() => server?.close());

const files = (id: number, rest: string) => `/api/stoa/v1/workspaces/${id}/files/${rest}`;
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging")).catch(() => []);
const tree = async (id: number, ...parts: string[]) =>
  (await readdir(server.onDisk(id, ...parts), { recursive: true })).sort();

async function contents(zip: Buffer): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  const opened = await fromBufferPromise(zip, { decodeStrings: false });
  for await (const entry of opened.eachEntry()) {
    const name = entry.fileNameRaw.toString(entry.generalPurposeBitFlag & 0x800 ? "utf8" : "latin1");
    if (name.endsWith("/")) read[name] = "";
    else {
      const chunks: Buffer[] = [];
      for await (const chunk of await opened.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      read[name] = Buffer.concat(chunks).toString();
    }
  }
  return read;
}
async function download(id: number, ...paths: string[]) {
  const query = paths.map((each) => `path=${encodeURIComponent(each)}`).join("&");
  const response = await server.app.inject({
    method: "GET",
    url: files(id, `zip?${query}`),
    headers: { host: "localhost:8080", authorization: "Bearer zpat_ann" },
  });
  return { status: response.statusCode, headers: response.headers, zip: response.rawPayload };
}

describe("a selection as zip", () => {
  it("holds files and folders as they are", async () => {
    const id = await server.create({
      "a.txt": "a",
      "data/نمودار.csv": "x,y\n".repeat(50_000),
      "data/sub/b": "b",
      left: "out",
    });
    await mkdir(server.onDisk(id, "data", "empty"));
    const { status, headers, zip } = await download(id, "a.txt", "data");
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "application/zip", "x-content-type-options": "nosniff" });
    expect(headers["content-disposition"]).toContain('attachment; filename="Thesis.zip"');
    expect(await contents(zip)).toEqual({
      "a.txt": "a",
      "data/": "",
      "data/empty/": "",
      "data/sub/": "",
      "data/sub/b": "b",
      "data/نمودار.csv": "x,y\n".repeat(50_000),
    });
    expect(zip.byteLength).toBeLessThan(20_000);
  });

  it("names the download after its only item, and two of one name apart", async () => {
    const id = await server.create({ "a/x.txt": "1", "b/x.txt": "2", "a/نمودار/y": "y" });
    expect((await download(id, "a/نمودار")).headers["content-disposition"]).toContain(encodeURIComponent("نمودار.zip"));
    expect(await contents((await download(id, "a/x.txt", "b/x.txt")).zip)).toEqual({ "x.txt": "1", "x (2).txt": "2" });
    expect(Object.keys(await contents((await download(id, "")).zip)).sort()).toEqual(
      ["a/", "a/x.txt", "a/نمودار/", "a/نمودار/y", "b/", "b/x.txt"].sort(),
    );
  });

  it("tells what it could not read in a file inside, and goes on", async () => {
    const id = await server.create({ ok: "ok", closed: "x", "shut/inner": "x" });
    await symlink("/etc/passwd", server.onDisk(id, "link"));
    execFileSync("mkfifo", [server.onDisk(id, "fifo")]);
    await writeFile(Buffer.concat([Buffer.from(`${server.onDisk(id)}/`), Buffer.from([0x66, 0xe9])]), "latin");
    await chmod(server.onDisk(id, "closed"), 0);
    await chmod(server.onDisk(id, "shut"), 0);
    const read = await contents((await download(id, "")).zip);
    await chmod(server.onDisk(id, "shut"), 0o700);
    expect(read.ok).toBe("ok");
    expect(read["f\u00e9"]).toBe("latin");
    expect(JSON.stringify(read)).not.toContain("root:");
    expect(read["_errors.txt"]).toContain("link: a symbolic link, which is not followed");
    expect(read["_errors.txt"]).toContain("fifo: not a regular file");
    if (process.getuid?.() !== 0) {
      expect(read["_errors.txt"]).toContain("closed: its permissions do not allow reading it");
      expect(read["_errors.txt"]).toContain("shut: its permissions do not allow reading it");
    }
  });

  it("is left out of what is beyond the limit, and says so", async () => {
    const id = await server.create();
    for (let count = 0; count < 1_005; count += 1) await writeFile(server.onDisk(id, String(count)), "");
    const read = await contents((await download(id, "")).zip);
    expect(Object.keys(read)).toHaveLength(1_001);
    expect(read["_errors.txt"]?.match(/left out/g)).toHaveLength(5);
  });

  it("is refused before its first byte for what is not there", async () => {
    const id = await server.create({ x: "x" });
    await symlink("/etc", server.onDisk(id, "etc"));
    for (const [wanted, status] of [
      ["none", 404],
      ["etc/passwd", 409],
      ["../x", 400],
      ["x/y", 409],
    ] as const) {
      expect((await download(id, "x", wanted)).status, wanted).toBe(status);
    }
    expect((await server.call("GET", files(id, "zip"))).status).toBe(400);
    expect((await server.call("POST", files(id, "zip"), { paths: [] })).status).toBe(400);
    expect((await server.call("POST", files(id, "zip"), { paths: ["x"] }, { as: "bob" })).status).toBe(404);
    expect((await server.call("POST", files(id, "zip"), { paths: ["x"] })).status).toBe(200);
  });

  it("ends when its reader leaves", async () => {
    const id = await server.create();
    await writeFile(server.onDisk(id, "big"), Buffer.alloc(64 << 20));
    const address = (server.app.server.address() ?? (await listen())) as AddressInfo;
    const openFiles = async () => {
      const held = await readdir("/proc/self/fd");
      const names = await Promise.all(held.map((fd) => readLink(`/proc/self/fd/${fd}`)));
      return names.filter((name) => name === server.onDisk(id, "big")).length;
    };
    const socket = connect(address.port, "127.0.0.1");
    socket.write(
      `GET ${files(id, "zip?path=big")} HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer zpat_ann\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    await sleep(100);
    expect(await openFiles()).toBe(1);
    socket.destroy();
    for (const end = Date.now() + 5_000; (await openFiles()) > 0; await sleep(20)) {
      if (Date.now() > end) throw new Error("the file is still open");
    }
  });
});

async function readLink(name: string): Promise<string> {
  const { readlink } = await import("node:fs/promises");
  return readlink(name).catch(() => "");
}
async function listen() {
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  return server.app.server.address();
}

describe("many files at once", () => {
  const put = (id: number, raw: Buffer, query = "", type = "application/x-tar") =>
    server.call("PUT", files(id, `batch${query}`), undefined, { raw, headers: { "content-type": type } });

  it("come as a tar, all at once, with one audit entry", async () => {
    const id = await server.create({ old: "old" });
    const entries = Array.from({ length: 600 }, (_, n) => ({
      name: `./dir${n % 7}/فایل ${n}.txt`,
      content: `of ${n}`,
    }));
    const answer = await put(id, await makeTar([...entries, { name: "empty/", type: "directory" }]), "?path=new/place");
    expect(answer).toMatchObject({ status: 200, body: { path: "new/place", files: 600 } });
    expect((await tree(id, "new/place")).length).toBe(600 + 7 + 1);
    expect(await readFile(server.onDisk(id, "new/place/dir3/فایل 10.txt"), "utf8")).toBe("of 10");
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "workspace.upload",
      details: { files: 600, into: "new/place" },
    });
    const again = await put(id, await makeTar(entries.slice(0, 2)), "?path=new/place");
    expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining("is there already") } });
    expect((await put(id, await makeTar(entries.slice(0, 2)), "?path=new/place&on_conflict=replace")).status).toBe(200);
    expect((await put(id, await makeTar([{ name: "new/top", content: "t" }]))).status).toBe(200);
    expect(await staged()).toEqual([]);
  });

  it.each<[string, () => Promise<Buffer>, string, number]>([
    [
      "a link",
      () =>
        makeTar([
          { name: "a", content: "a" },
          { name: "l", type: "symlink", linkname: "/etc" },
        ]),
      "",
      422,
    ],
    ["a name that leads out", () => makeTar([{ name: "../a", content: "a" }]), "", 422],
    ["more than the limit", () => makeTar([{ name: "a", content: Buffer.alloc(9 << 20) }]), "", 422],
    ["too many", () => makeTar(Array.from({ length: 1_001 }, (_, n) => ({ name: String(n) }))), "", 422],
    ["no tar", async () => Buffer.from("x".repeat(2_000)), "", 422],
    ["a target that is a file", () => makeTar([{ name: "a" }]), "?path=old", 409],
    ["a target that leads out", () => makeTar([{ name: "a" }]), "?path=../x", 400],
    ["a rule that is none", () => makeTar([{ name: "a" }]), "?on_conflict=maybe", 400],
  ])("are refused whole for %s", async (_what, make, query, status) => {
    const id = await server.create({ old: "old" });
    const answer = await put(id, await make(), query);
    expect(answer.status, answer.text).toBe(status);
    expect(await tree(id)).toEqual(["old"]);
    expect(await staged()).toEqual([]);
    const { rows } = await server.database.pool.query("select id from uploads where workspace_id = $1", [id]);
    expect(rows).toEqual([]);
  });

  it("leave nothing when they are cut off", async () => {
    const id = await server.create();
    const address = (server.app.server.address() ?? (await listen())) as AddressInfo;
    const bytes = await makeTar([{ name: "a", content: Buffer.alloc(3 << 20) }]);
    const socket = connect(address.port, "127.0.0.1");
    socket.write(
      `PUT ${files(id, "batch")} HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer zpat_ann\r\nContent-Type: application/x-tar\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 1 << 20));
    for (const end = Date.now() + 5_000; (await staged()).length === 0 && Date.now() < end; ) await sleep(10);
    expect(await staged()).toHaveLength(1);
    socket.destroy();
    for (const end = Date.now() + 5_000; (await staged()).length > 0; await sleep(20)) {
      if (Date.now() > end) throw new Error("it is still staged");
    }
    expect(await tree(id)).toEqual([]);
  });

  it("take no other content type", async () => {
    const id = await server.create();
    expect((await put(id, Buffer.from("{}"), "", "application/json")).status).toBe(415);
  });
});
