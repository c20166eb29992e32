import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
/** Lines of the log that tell of a defect. */
const defects: string[] = [];
beforeAll(async () => {
  const log = pino({ level: "error" }, { write: (line) => void defects.push(line) });
  server = await createWorkspacesServer({ platform: { log } });
});
afterAll(() => server?.close());

const url = (id: number, what: string, query: Record<string, string | number>) => {
  const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `/api/stoa/v1/workspaces/${id}/files/${what}?${text.join("&")}`;
};
const pages = async (id: number, what: string, query: Record<string, string | number>) => {
  const paths: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer = await server.call("GET", url(id, what, { ...query, ...(cursor === "" ? {} : { cursor }) }));
    expect(answer.status, answer.text).toBe(200);
    paths.push(...answer.body.items.map((item: { path: string }) => item.path));
    cursor = answer.body.next_cursor;
  }
  return paths;
};

describe("the tree", () => {
  it.each([1, 2, 3, 100])(
    "is the same in pages of %i: folders before their contents, links never entered",
    async (limit) => {
      const id = await server.create({
        "b/x/deep.txt": "1",
        "b/y.txt": "1",
        "a/z.txt": "1",
        "top.txt": "1",
        ".dot/in": "",
      });
      await symlink(server.onDisk(id, "b"), server.onDisk(id, "link"));
      expect(await pages(id, "tree", { limit })).toEqual([
        ".dot",
        ".dot/in",
        "a",
        "a/z.txt",
        "b",
        "b/x",
        "b/x/deep.txt",
        "b/y.txt",
        "link",
        "top.txt",
      ]);
      expect(await pages(id, "tree", { path: "b", limit, depth: 1 })).toEqual(["b/x", "b/y.txt"]);
    },
  );

  it("goes on where it was when folders have come and gone", async () => {
    const id = await server.create({ "a/1": "", "a/2": "", "b/1": "", "c/1": "" });
    const first = await server.call("GET", url(id, "tree", { limit: 2 }));
    expect(first.body.items.map((item: { path: string }) => item.path)).toEqual(["a", "a/1"]);
    execFileSync("rm", ["-r", server.onDisk(id, "a")]);
    const cursor = first.body.next_cursor;
    const rest = await server.call("GET", url(id, "tree", { limit: 10, cursor }));
    expect(rest.body.items.map((item: { path: string }) => item.path)).toEqual(["b", "b/1", "c", "c/1"]);
  });

  it.each(["x", "MC4uLw", Buffer.from("0../").toString("base64url"), Buffer.from("0a/1b").toString("base64url")])(
    "takes no cursor %j that it never gave",
    async (cursor) => {
      const id = await server.create({ "a/1": "" });
      expect((await server.call("GET", url(id, "tree", { cursor }))).status).toBe(400);
    },
  );
});

describe("searching", () => {
  it.each([
    ["README", "read"],
    ["Straße.txt", "STRASSE"],
    ["cafe\u0301.md", "CAF\u00c9"],
    ["caf\u00e9.md", "cafe\u0301"],
    ["نمودار کیک.png", "نمودار كيك"],
    ["می\u200cخواهم.txt", "میخواهم"],
    ["ＦＵＬＬ.txt", "full"],
    ["ΟΔΟΣ", "οδος"],
    ["a.b", ".b"],
    ["100%_[x].csv", "%_[X]"],
  ])("finds %j by %j", async (name, query) => {
    const id = await server.create({ [`deep/er/${name}`]: "x", other: "" });
    expect(await pages(id, "search", { query })).toEqual([`deep/er/${name}`]);
  });

  it("finds folders, below the folder it is asked in, in pages that neither repeat nor skip", async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i % 5}/hit-${i}.txt`, ""]));
    const id = await server.create({ ...files, "d1/hits/inner.txt": "", "d2/miss.txt": "" });
    const all = await pages(id, "search", { query: "hit", limit: 4 });
    expect(all).toHaveLength(31);
    expect(new Set(all).size).toBe(31);
    expect(await pages(id, "search", { query: "hit", path: "d1" })).toHaveLength(7);
    expect(await pages(id, "search", { query: "nothing like it" })).toEqual([]);
    for (const query of ["", "\u200c", "x".repeat(256)]) {
      expect((await server.call("GET", url(id, "search", { query }))).status).toBe(400);
    }
  });
});

describe("checksums", () => {
  it.each(["sha256", "md5"] as const)("%s are those of the bytes", async (algorithm) => {
    const id = await server.create();
    const bytes = Buffer.alloc(1_000_003, "ab");
    await writeFile(server.onDisk(id, "x"), bytes);
    const digest = createHash(algorithm).update(bytes).digest("hex");
    const answer = await server.call("GET", url(id, "checksum", { path: "x", algorithm }));
    expect(answer.body).toMatchObject({ algorithm, digest, size: bytes.length, etag: expect.any(String) });
  });

  it("are of regular files only", async () => {
    const id = await server.create({ empty: "" });
    const empty = await server.call("GET", url(id, "checksum", { path: "empty" }));
    expect(empty.body.digest).toBe(createHash("sha256").digest("hex"));
    execFileSync("mkfifo", [server.onDisk(id, "pipe")]);
    await mkdir(server.onDisk(id, "folder"));
    for (const [path, status] of [
      ["pipe", 409],
      ["folder", 409],
      ["none", 404],
      ["", 409],
    ] as const) {
      expect((await server.call("GET", url(id, "checksum", { path }))).status, path).toBe(status);
    }
    expect((await server.call("GET", url(id, "checksum", { path: "empty", algorithm: "sha1" }))).status).toBe(400);
  });

  it("are given up when the client leaves, which is no defect of ours", async () => {
    const id = await server.create({ big: "" });
    // Holes: as long to read as it takes, and no room on the disk.
    await truncate(server.onDisk(id, "big"), 2 ** 40);
    // What is still read afterwards would keep a processor busy for as long as this worker lives.
    onTestFinished(() => truncate(server.onDisk(id, "big"), 0));
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const ask = () => {
      const socket = connect(port, "127.0.0.1");
      socket.write(
        `GET ${url(id, "checksum", { path: "big" })} HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer zpat_ann\r\n\r\n`,
      );
      return socket;
    };
    const sockets = [ask(), ask(), ask(), ask()];
    const small = () => server.call("GET", url(id, "checksum", { path: "small" }));
    const oneMore = async () => {
      const { status } = await small();
      // The question itself has had a place for a moment, for want of which one of the others was refused.
      if (status !== 429) sockets.push(ask());
      return status;
    };
    await expect.poll(oneMore, { timeout: 15_000 }).toBe(429);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await small()).status, { timeout: 15_000 }).toBe(404);
    expect(defects).toEqual([]);
  });
});

describe("editing a text", () => {
  const put = (id: number, path: string, raw: string | Buffer, headers: Record<string, string>) =>
    server.call("PUT", url(id, "text", { path }), undefined, {
      raw,
      headers: { "content-type": "text/plain", ...headers },
    });

  it("goes from version to version, and keeps permissions", async () => {
    const id = await server.create({ "run.sh": "one" });
    await chmod(server.onDisk(id, "run.sh"), 0o755);
    const first = await server.call("GET", url(id, "text", { path: "run.sh" }));
    expect(first).toMatchObject({ status: 200, body: { path: "run.sh", text: "one", size: 3 } });
    expect(first.headers.etag).toBe(first.body.etag);
    const second = await put(id, "run.sh", "دو", { "if-match": first.body.etag });
    expect(second).toMatchObject({ status: 200, body: { size: 4, etag: expect.any(String) } });
    expect(await readFile(server.onDisk(id, "run.sh"), "utf8")).toBe("دو");
    expect((await stat(server.onDisk(id, "run.sh"))).mode & 0o777).toBe(0o755);
    const late = await put(id, "run.sh", "three", { "if-match": first.body.etag });
    expect(late).toMatchObject({
      status: 412,
      body: { code: "precondition_failed", details: { etag: second.body.etag } },
    });
    expect(await readFile(server.onDisk(id, "run.sh"), "utf8")).toBe("دو");
    expect((await put(id, "run.sh", "three", { "if-match": second.body.etag })).status).toBe(200);
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "workspace.file.edit",
      details: { path: "run.sh", bytes: 5 },
    });
  });

  it("sees what a session wrote meanwhile", async () => {
    const id = await server.create({ x: "one" });
    const { etag } = (await server.call("GET", url(id, "text", { path: "x" }))).body;
    await writeFile(server.onDisk(id, "x"), "from a session");
    expect((await put(id, "x", "mine", { "if-match": etag })).status).toBe(412);
    expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("from a session");
  });

  it("makes a new file only where there is none", async () => {
    const id = await server.create();
    expect((await put(id, "new/n.txt", "n", { "if-none-match": "*" })).status).toBe(200);
    expect((await put(id, "new/n.txt", "m", { "if-none-match": "*" })).status).toBe(412);
    expect((await put(id, "gone", "m", { "if-match": '"x"' })).body).toMatchObject({ details: { etag: null } });
    expect(await readFile(server.onDisk(id, "new", "n.txt"), "utf8")).toBe("n");
  });

  it.each([
    ["without a version", {}, "x", 400],
    ["for any version", { "if-match": "*" }, "x", 400],
    ["with several versions", { "if-match": '"a", "b"' }, "x", 400],
    ["with what is no text", { "if-none-match": "*" }, Buffer.from([0xff, 0xfe]), 400],
    ["with a NUL", { "if-none-match": "*" }, "a\0b", 400],
    ["that is too large", { "if-none-match": "*" }, Buffer.alloc(2 * 1024 * 1024 + 1, "x"), 413],
  ] as const)("%s is refused", async (_what, headers, raw, status) => {
    const id = await server.create();
    expect((await put(id, "x", raw, headers)).status).toBe(status);
    expect((await server.call("GET", url(id, "text", { path: "x" }))).status).toBe(404);
  });

  it("takes up to 2 MiB, and reads no more and nothing else", async () => {
    const id = await server.create({ bin: "a\0b" });
    const raw = Buffer.alloc(2 * 1024 * 1024, "x");
    expect((await put(id, "x", raw, { "if-none-match": "*" })).status).toBe(200);
    expect((await server.call("GET", url(id, "text", { path: "x" }))).body.text).toHaveLength(raw.length);
    await writeFile(server.onDisk(id, "x"), "y", { flag: "a" });
    expect((await server.call("GET", url(id, "text", { path: "x" }))).status).toBe(413);
    expect((await server.call("GET", url(id, "text", { path: "bin" }))).status).toBe(409);
  });

  it("is answered and told in the audit log with its size, a large one too", async () => {
    const id = await server.create({ "a.txt": "old" });
    const { etag } = (await server.call("GET", url(id, "text", { path: "a.txt" }))).headers;
    const edited = await server.call("PUT", url(id, "text", { path: "a.txt" }), undefined, {
      raw: "x".repeat(100_000),
      headers: { "content-type": "text/plain", "if-match": String(etag) },
    });
    expect(edited, edited.text).toMatchObject({ status: 200, body: { size: 100_000 } });
    const told = server.platform.recorded.audit.at(-1);
    expect(told).toMatchObject({ action: "workspace.file.edit", details: { path: "a.txt", bytes: 100_000 } });
  });

  it("never writes through a link", async () => {
    const id = await server.create({ real: "one" });
    await symlink(server.onDisk(id, "real"), server.onDisk(id, "link"));
    const { etag } = (await server.call("GET", url(id, "text", { path: "real" }))).body;
    expect((await put(id, "link", "two", { "if-match": etag })).status).toBe(409);
    expect((await put(id, "link", "two", { "if-none-match": "*" })).status).toBe(409);
    expect(await readFile(server.onDisk(id, "real"), "utf8")).toBe("one");
  });
});
