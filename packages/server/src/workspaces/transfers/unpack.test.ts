import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { makeTar, makeZip } from "./testing-archives.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer({
    limits: {
      archiveEntries: 70_000,
      archiveBytes: 200 << 20,
      archiveRatio: 50,
      archiveDepth: 8,
      archivePathBytes: 300,
    },
  });
});
afterAll(() => server?.close());
beforeEach(() => void server.operations.queued.splice(0));

const url = (id: number) => `/api/stoa/v1/workspaces/${id}/files/unpack`;
const tree = async (id: number, ...parts: string[]) =>
  (await readdir(server.onDisk(id, ...parts), { recursive: true })).sort();
const read = (id: number, ...parts: string[]) => readFile(server.onDisk(id, ...parts), "utf8");
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging")).catch(() => []);

async function unpack(id: number, archive: Buffer, body: Record<string, string> = {}) {
  await writeFile(server.onDisk(id, "in.zip"), archive);
  const asked = await server.call("POST", url(id), { path: "in.zip", to: "out", ...body });
  expect(asked.status, asked.text).toBe(202);
  return (await server.operations.runAll())[0];
}
/** What it says; nothing of it is anywhere then. */
async function refusal(archive: Buffer): Promise<string> {
  const id = await server.create();
  const error = await unpack(id, archive).then(
    () => new Error("it was unpacked"),
    (thrown: Error) => thrown,
  );
  expect(await tree(id)).toEqual(["in.zip"]);
  expect(await staged()).toEqual([]);
  const { rows } = await server.database.pool.query("select id from uploads where workspace_id = $1", [id]);
  expect(rows).toEqual([]);
  return error.message;
}

describe("an archive", () => {
  it.each([
    ["zip", async (files: { name: string; content: string; mode: number }[]) => makeZip(files)],
    ["tar", makeTar],
    ["tar.gz", async (files: { name: string; content: string; mode: number }[]) => gzipSync(await makeTar(files))],
  ])("%s is unpacked, its programs still programs", async (_kind, make) => {
    const id = await server.create();
    const files = [
      { name: "./data/نمودار ۱.csv", content: "a,b\n", mode: 0o100644 },
      { name: "run.sh", content: "#!/bin/sh\n", mode: 0o100755 },
      { name: "data/deep/er/x", content: "x".repeat(300_000), mode: 0o100600 },
    ];
    const result = await unpack(id, await make(files));
    expect(result).toEqual({ files: 3, bytes: 300_014, path: "out" });
    expect(await tree(id, "out")).toEqual([
      "data",
      "data/deep",
      "data/deep/er",
      "data/deep/er/x",
      "data/نمودار ۱.csv",
      "run.sh",
    ]);
    expect((await stat(server.onDisk(id, "out", "run.sh"))).mode & 0o777).toBe(0o755);
    expect((await read(id, "out", "data/deep/er/x")).length).toBe(300_000);
    expect(await staged()).toEqual([]);
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "workspace.archive.unpack",
      details: { files: 3, into: "out" },
    });
  });

  it("goes into a folder of its name when nothing else is said", async () => {
    const id = await server.create();
    await writeFile(server.onDisk(id, "set.tar.gz"), gzipSync(await makeTar([{ name: "x", content: "x" }])));
    await server.call("POST", url(id), { path: "set.tar.gz" });
    await server.operations.runAll();
    expect(await tree(id)).toEqual(["set", "set.tar.gz", "set/x"]);
  });

  it("of folders alone, or of nothing, is fine", async () => {
    const id = await server.create();
    await unpack(id, makeZip([{ name: "empty/", mode: 0o040755 }]));
    await unpack(id, makeZip([]), { to: "nothing" });
    expect(await tree(id)).toEqual(["in.zip", "nothing", "out", "out/empty"]);
  });

  it("keeps names that differ by case, and reads old names by code page 437", async () => {
    const id = await server.create();
    const names = [
      { name: "Readme", content: "1" },
      { name: "README", content: "2" },
      { name: Buffer.from([0x81, 0x2e, 0x74]), content: "3", flags: 0 },
      { name: Buffer.from("é.t"), content: "4", flags: 0 },
      { name: "dos\\made.t", content: "5", madeOn: 0 },
      { name: "back\\slash", content: "6" },
    ];
    await unpack(id, makeZip(names));
    expect(await tree(id, "out")).toEqual(["README", "Readme", "back\\slash", "dos", "dos/made.t", "é.t", "ü.t"]);
  });

  it("that lies in an archive stays one", async () => {
    const id = await server.create();
    await unpack(id, makeZip([{ name: "inner.zip", content: makeZip([{ name: "x", content: "x" }]) }]));
    expect(await tree(id, "out")).toEqual(["inner.zip"]);
  });
});

describe("an archive is refused, with the entry and the reason, and nothing stays:", () => {
  const bomb = Buffer.alloc(70 << 20);
  it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    [
      "leads out",
      () => makeZip([{ name: "ok" }, { name: "a/../../x" }]),
      /"a\/..\/..\/x" leads out of the archive by '..'/,
    ],
    ["absolute", () => makeZip([{ name: "/etc/passwd" }]), /"\/etc\/passwd" has an absolute name/],
    ["absolute on Windows", () => makeZip([{ name: "C:\\x", madeOn: 0 }]), /has an absolute name/],
    ["leads out on Windows", () => makeZip([{ name: "..\\x", madeOn: 0 }]), /leads out/],
    ["symbolic link", () => makeZip([{ name: "l", content: "/etc", mode: 0o120777 }]), /"l" is a symbolic link/],
    ["device", () => makeZip([{ name: "d", mode: 0o020666 }]), /"d" is a device/],
    ["encrypted", () => makeZip([{ name: "ok" }, { name: "e", flags: 0x801 }]), /"e" is encrypted/],
    ["unknown method", () => makeZip([{ name: "m", method: 99 }]), /"m" is compressed by method 99/],
    [
      "there twice",
      () =>
        makeZip([
          { name: "a", content: "1" },
          { name: "./a", content: "2" },
        ]),
      /".\/a" is there twice/,
    ],
    [
      "file and folder",
      () => makeZip([{ name: "a", content: "1" }, { name: "a/b" }]),
      /"a\/b" is both a file and a folder/,
    ],
    ["wrong checksum", () => makeZip([{ name: "c", content: "abc", crc: 1 }]), /"c" is damaged: its checksum/],
    ["larger than it says", () => makeZip([{ name: "s", content: "x".repeat(1_000_000), size: 10 }]), /"s" is damaged/],
    [
      "name not UTF-8",
      () => makeZip([{ name: Buffer.from([0xff, 0xfe]) }]),
      /says that its name is UTF-8, which it is not/,
    ],
    ["control characters", () => makeZip([{ name: "a\u001bb" }]), /control characters/],
    ["too deep", () => makeZip([{ name: "1/2/3/4/5/6/7/8/9" }]), /nested deeper than 8 folders/],
    ["long path", () => makeZip([{ name: `${"a".repeat(200)}/${"b".repeat(200)}` }]), /more than 300 bytes/],
    ["long name", () => makeZip([{ name: "a".repeat(256) }]), /name of more than 255 bytes/],
    ["bomb", () => makeZip([{ name: "bomb", content: bomb }]), /"bomb" brings it above 50 times/],
    [
      "bomb of many",
      () => makeZip(Array.from({ length: 90 }, (_, n) => ({ name: `b${n}`, content: bomb.subarray(0, 1 << 20) }))),
      /brings it above 50 times/,
    ],
    [
      "too many",
      () => makeZip(Array.from({ length: 70_001 }, (_, n) => ({ name: String(n), method: 0 }))),
      /70001 entries, and 70000 are allowed/,
    ],
    ["cut off", () => makeZip([{ name: "x", content: "x" }]).subarray(0, 60), /zip archive is damaged/],
    ["no archive", () => Buffer.from("plain text"), /neither a zip nor a tar/],
    ["empty", () => Buffer.alloc(0), /neither a zip nor a tar/],
    ["gzip of no tar", () => gzipSync("plain text"), /tar archive is damaged, or none/],
    [
      "gzip cut off",
      async () => gzipSync(await makeTar([{ name: "x", content: "x".repeat(5_000) }])).subarray(0, 60),
      /tar archive is damaged/,
    ],
    [
      "tar cut off",
      async () => (await makeTar([{ name: "x", content: "x".repeat(5_000) }])).subarray(0, 2_000),
      /tar archive is damaged/,
    ],
    ["tar: link", () => makeTar([{ name: "l", type: "symlink", linkname: "/etc" }]), /"l" is a symbolic link/],
    [
      "tar: hard link",
      () =>
        makeTar([
          { name: "a", content: "a" },
          { name: "h", type: "link", linkname: "a" },
        ]),
      /"h" is a hard link/,
    ],
    [
      "tar: device",
      () => makeTar([{ name: "d", type: "character-device", devmajor: 1, devminor: 3 }]),
      /"d" is a device/,
    ],
    ["tar: FIFO", () => makeTar([{ name: "f", type: "fifo" }]), /"f" is a FIFO/],
    ["tar: leads out", () => makeTar([{ name: "../x", content: "x" }]), /leads out/],
    ["tar: absolute", () => makeTar([{ name: "/x", content: "x" }]), /absolute name/],
    ["tar.gz bomb", async () => gzipSync(await makeTar([{ name: "b", content: bomb }])), /brings it above 50 times/],
  ])("%s", async (_name, make, says) => {
    expect(await refusal(await make())).toMatch(says);
  });

  it("where files overlap, the same bytes counted again", async () => {
    const content = deflateRawSync(Buffer.alloc(10 << 20));
    expect(content.byteLength).toBeLessThan(20_000);
    const one = makeZip([{ name: "0", content: Buffer.alloc(10 << 20) }]);
    const start = one.readUInt32LE(one.byteLength - 6);
    const record = one.subarray(start, one.byteLength - 22);
    const directory = Buffer.concat(
      Array.from({ length: 10 }, (_, index) => {
        const copy = Buffer.from(record);
        copy.write(String(index), 46);
        return copy;
      }),
    );
    const end = Buffer.from(one.subarray(one.byteLength - 22));
    end.writeUInt16LE(10, 8);
    end.writeUInt16LE(10, 10);
    end.writeUInt32LE(directory.byteLength, 12);
    expect(await refusal(Buffer.concat([one.subarray(0, start), directory, end]))).toMatch(
      /times the archive's own size|damaged/,
    );
  });
});

describe("what is there already", () => {
  const archive = () =>
    makeZip([
      { name: "a", content: "new" },
      { name: "sub/b", content: "new" },
      { name: "c", content: "c" },
    ]);
  const before = { "out/a": "old", "out/sub/b": "old", "out/other": "stays" };

  it("is not touched when it is to be refused", async () => {
    const id = await server.create(before);
    await expect(unpack(id, archive())).rejects.toThrow(/is there already/);
    expect(await tree(id, "out")).toEqual(["a", "other", "sub", "sub/b"]);
    expect([await read(id, "out/a"), await read(id, "out/sub/b")]).toEqual(["old", "old"]);
    expect(await staged()).toEqual([]);
  });

  it("is replaced, and the rest stays", async () => {
    const id = await server.create(before);
    await unpack(id, archive(), { on_conflict: "replace" });
    expect(await tree(id, "out")).toEqual(["a", "c", "other", "sub", "sub/b"]);
    expect([await read(id, "out/a"), await read(id, "out/sub/b"), await read(id, "out/other")]).toEqual([
      "new",
      "new",
      "stays",
    ]);
    expect(await staged()).toEqual([]);
  });

  it("is kept beside what comes", async () => {
    const id = await server.create(before);
    await unpack(id, archive(), { on_conflict: "keep_both" });
    expect(await tree(id, "out")).toEqual(["a", "a (2)", "c", "other", "sub", "sub/b", "sub/b (2)"]);
    expect([await read(id, "out/a"), await read(id, "out/a (2)")]).toEqual(["old", "new"]);
  });

  it("is given back when a later name can't be had", async () => {
    const id = await server.create({ "out/a": "old" });
    await mkdir(server.onDisk(id, "out", "c"));
    await expect(unpack(id, archive(), { on_conflict: "replace" })).rejects.toThrow(/“out\/c” is a folder/);
    expect(await tree(id, "out")).toEqual(["a", "c"]);
    expect(await read(id, "out/a")).toBe("old");
    expect(await staged()).toEqual([]);
  });

  it.each([{ path: "none.zip" }, { path: "out" }, { path: "../x" }, { path: "out/a", to: "../x" }])(
    "asks for %j in vain",
    async (body) => {
      const id = await server.create(before);
      expect([400, 404, 409]).toContain((await server.call("POST", url(id), body)).status);
      expect(server.operations.queued).toEqual([]);
    },
  );
});
