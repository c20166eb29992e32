import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

const LIMIT = 4 << 20;
let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer({ limits: { uploadBytes: LIMIT, bodyBytes: 100_000 } });
});
afterAll(() => server?.close());

const files = (id: number | string, rest = "") => `/api/stoa/v1/workspaces/${id}/files${rest}`;
const content = (id: number | string, name: string) => files(id, `/content?path=${encodeURIComponent(name)}`);
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging"));
const put = (id: number, name: string, raw: string | Buffer, type = "application/octet-stream") =>
  server.call("PUT", content(id, name), undefined, { raw, headers: { "content-type": type } });

describe("listing", () => {
  it("shows a folder, a page at a time", async () => {
    const id = await server.create({ "b.txt": "22", "folder/inner.txt": "1", "a.txt": "1" });
    const first = await server.call("GET", files(id, "?limit=2"));
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      path: "",
      items: [
        { name: "folder", path: "folder", type: "folder", size: 0 },
        { name: "a.txt", type: "file", size: 1 },
      ],
      next_cursor: expect.any(String),
    });
    const rest = await server.call("GET", files(id, `?limit=2&cursor=${first.body.next_cursor}`));
    expect(rest.body).toMatchObject({ items: [{ name: "b.txt", size: 2 }], next_cursor: null });
    const inner = await server.call("GET", files(id, "?path=/folder"));
    expect(inner.body).toMatchObject({ path: "folder", items: [{ path: "folder/inner.txt" }] });
  });

  it("refuses what is no folder of this workspace", async () => {
    const id = await server.create({ file: "x" });
    await symlink("/etc", server.onDisk(id, "etc"));
    for (const [query, status] of [
      ["?path=none", 404],
      ["?path=file", 409],
      ["?path=etc", 409],
      ["?path=..", 400],
      ["?path=a%00b", 400],
      [`?path=${"x".repeat(300)}`, 400],
      ["?limit=0", 400],
      ["?limit=1e3", 400],
      ["?cursor=!", 400],
    ] as const) {
      expect((await server.call("GET", files(id, query))).status, query).toBe(status);
    }
  });

  it.each(["GET", "PUT", "POST", "DELETE"] as const)("%s finds nobody else's workspace", async (method) => {
    const id = await server.create({ x: "x" });
    const urls = { GET: [files(id), content(id, "x")], PUT: [content(id, "x")], POST: [files(id, "/folder")] };
    for (const url of method === "DELETE" ? [files(id, "?path=x")] : urls[method]) {
      const body = method === "POST" ? { path: "y" } : undefined;
      const answer = await server.call(method, url, body, { as: "bob", ...(method === "PUT" ? { raw: "z" } : {}) });
      expect(answer).toMatchObject({ status: 404, body: { code: "not_found", detail: "There is no workspace here." } });
    }
    for (const wrong of ["0", "-1", "abc", "9007199254740993"]) {
      expect([400, 404]).toContain((await server.call("GET", files(wrong))).status);
    }
    expect(await readdir(server.onDisk(id))).toEqual(["x"]);
  });
});

describe("download", () => {
  it("sends an attachment that no browser shows on our origin", async () => {
    const name = 'نمودار "۱".html';
    const id = await server.create({ [name]: "<script>alert(1)</script>" });
    const answer = await server.call("GET", content(id, name));
    expect(answer.status).toBe(200);
    expect(answer.text).toBe("<script>alert(1)</script>");
    expect(answer.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "25",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      // In a browser that kept a piece of it, a piece of the next version was taken for the whole.
      "cache-control": "private, no-store",
      "content-security-policy": expect.stringContaining("sandbox"),
    });
    const disposition = String(answer.headers["content-disposition"]);
    expect(disposition).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w%.-]+$/);
    expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? "")).toBe(name);
  });

  it("sends ranges, and nothing that is known already", async () => {
    const id = await server.create({ x: "0123456789" });
    const get = (headers: Record<string, string>) => server.call("GET", content(id, "x"), undefined, { headers });
    const part = await get({ range: "bytes=2-4" });
    expect(part).toMatchObject({ status: 206, text: "234" });
    expect(part.headers).toMatchObject({ "content-range": "bytes 2-4/10", "content-length": "3" });
    const beyond = await get({ range: "bytes=10-" });
    expect(beyond).toMatchObject({ status: 416, headers: { "content-range": "bytes */10" } });
    const etag = String(part.headers.etag);
    expect((await get({ "if-none-match": etag })).status).toBe(304);
    expect((await get({ range: "bytes=0-0", "if-range": etag })).status).toBe(206);
    await writeFile(server.onDisk(id, "x"), "changed, and longer");
    expect((await get({ "if-none-match": etag })).text).toBe("changed, and longer");
    expect(await get({ range: "bytes=0-0", "if-range": etag })).toMatchObject({
      status: 200,
      text: "changed, and longer",
    });
    const head = await server.call("HEAD", content(id, "x"));
    expect(head).toMatchObject({ status: 200, text: "", headers: { "content-length": "19" } });
  });

  it("sends an empty file", async () => {
    const id = await server.create({ empty: "" });
    expect(await server.call("GET", content(id, "empty"))).toMatchObject({ status: 200, text: "" });
  });

  it("opens regular files only", async () => {
    const id = await server.create({ "folder/x": "x" });
    await symlink("/etc/passwd", server.onDisk(id, "passwd"));
    execFileSync("mkfifo", [server.onDisk(id, "fifo")]);
    for (const name of ["folder", "passwd", "fifo", "/"]) {
      expect((await server.call("GET", content(id, name))).status, name).toBe(409);
    }
    expect((await server.call("GET", content(id, "none"))).status).toBe(404);
  });

  it("goes on while the workspace is deleted", async () => {
    const id = await server.create();
    const bytes = Buffer.alloc(3 << 20, "d");
    expect((await put(id, "big", bytes)).status).toBe(200);
    const { port } = await listening();
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `GET ${content(id, "big")} HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\nAuthorization: Bearer zpat_ann\r\n\r\n`,
    );
    let received = 0;
    const chunks = socket[Symbol.asyncIterator]();
    received += ((await chunks.next()).value as Buffer).length;
    expect((await server.call("DELETE", `/workspaces/${id}/`)).status).toBe(200);
    await server.operations.runAll();
    await expect(readdir(server.onDisk(id))).rejects.toThrow("ENOENT");
    for (let next = await chunks.next(); !next.done; next = await chunks.next())
      received += (next.value as Buffer).length;
    expect(received).toBeGreaterThan(bytes.length);
  });

  it("breaks off when the file shrinks, instead of waiting for ever", async () => {
    const id = await server.create();
    await put(id, "big", Buffer.alloc(LIMIT));
    const { port } = await listening();
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      `GET ${content(id, "big")} HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer zpat_ann\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once("readable", resolve));
    await writeFile(server.onDisk(id, "big"), "short");
    let received = 0;
    for await (const chunk of socket) received += (chunk as Buffer).length;
    expect(received).toBeLessThan(LIMIT);
  });
});

describe("upload", () => {
  it("stores the body whatever its type, beyond the limit of JSON bodies", async () => {
    const id = await server.create();
    const bytes = Buffer.alloc(300_000, "{");
    const answer = await put(id, "new/deep/data.json", bytes, "application/json");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ name: "data.json", path: "new/deep/data.json", type: "file", size: 300_000 });
    expect((await readFile(server.onDisk(id, "new", "deep", "data.json"))).equals(bytes)).toBe(true);
    expect((await put(id, "new/deep/data.json", "short")).body.size).toBe(5);
    expect((await server.call("PUT", content(id, "empty"))).body).toMatchObject({ size: 0 });
    expect(await staged()).toEqual([]);
  });

  it.each([
    ["..", 400],
    ["a/../b", 400],
    ["x\0", 400],
    ["x\n", 400],
    ["", 400],
    ["x".repeat(256), 400],
    ["folder", 409],
    ["link/x", 409],
    ["file/x", 409],
  ])("refuses the path %j", async (name, status) => {
    const id = await server.create({ "folder/x": "x", file: "f" });
    await symlink("/tmp", server.onDisk(id, "link"));
    expect((await put(id, name, "x")).status).toBe(status);
    expect((await readdir(server.onDisk(id))).sort()).toEqual(["file", "folder", "link"]);
    expect(await staged()).toEqual([]);
  });

  it("refuses what is too large: at once when it says so, else when it is seen", async () => {
    const id = await server.create();
    const said = await server.call("PUT", content(id, "x"), undefined, {
      raw: "x",
      headers: { "content-length": String(LIMIT + 1), "content-type": "text/plain" },
    });
    expect(said).toMatchObject({ status: 413, body: { code: "too_large" } });
    expect((await put(id, "x", Buffer.alloc(LIMIT + 1))).status).toBe(413);
    expect(await readdir(server.onDisk(id))).toEqual([]);
    expect(await staged()).toEqual([]);
  });

  it("leaves nothing when it is cut off", async () => {
    const id = await server.create();
    const { port } = await listening();
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `PUT ${content(id, "half")} HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer zpat_ann\r\nContent-Type: a/b\r\nContent-Length: 2000000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(500_000));
    await expect.poll(async () => (await staged()).length).toBe(1);
    socket.destroy();
    await expect.poll(staged).toEqual([]);
    expect(await readdir(server.onDisk(id))).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)("leaves nothing when the disk is full", async () => {
    const id = await server.create({ x: "old" });
    const account = path.join(server.dataDir, "workspaces", String(server.ids.ann));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path.join(account, ".staging")]);
    try {
      const answer = await put(id, "x", Buffer.alloc(3 << 20));
      expect(answer).toMatchObject({ status: 507, body: { code: "disk_full" } });
      expect(await staged()).toEqual([]);
      expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("old");
    } finally {
      execFileSync("umount", [path.join(account, ".staging")]);
    }
  });
});

describe("folders", () => {
  it("are made with those on the way, once", async () => {
    const id = await server.create();
    const make = (name: string) => server.call("POST", files(id, "/folder"), { path: name });
    expect(await make("a/ب/c")).toMatchObject({ status: 201, body: { path: "a/ب/c", type: "folder" } });
    expect((await make("a/ب/c")).status).toBe(409);
    expect((await make("a/../x")).status).toBe(400);
    expect((await make("")).status).toBe(400);
    expect((await server.call("POST", files(id, "/folder"), {})).status).toBe(400);
    await mkdir(server.onDisk(id, "a", "d"));
    await symlink("/tmp", server.onDisk(id, "link"));
    expect((await make("link/x")).status).toBe(409);
  });
});

async function listening(): Promise<AddressInfo> {
  if (!server.app.server.listening) await server.app.listen({ host: "127.0.0.1", port: 0 });
  return server.app.server.address() as AddressInfo;
}
