import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { makeTar } from "./testing-archives.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer({ limits: { archiveRatio: 100, archivePathBytes: 4_000 } });
});
afterAll(() => server?.close());
beforeEach(() => void server.operations.queued.splice(0));

const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging")).catch(() => []);

/** A header as its bytes: no library writes the bad ones. `size` as it stands there. */
function header(name: string, size: number | Buffer, type = "0"): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, "latin1");
  block.write("0000644\0", 100, "latin1");
  if (typeof size === "number") block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  else size.copy(block, 124);
  block.write("        ", 148, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
const padded = (content: Buffer) => Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
/** An extended header before an entry. */
function pax(fields: Readonly<Record<string, string>>, type = "x"): Buffer {
  const lines = Object.entries(fields).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest);
    length += String(length + String(length).length).length;
    return `${length}${rest}`;
  });
  const content = Buffer.from(lines.join(""));
  return Buffer.concat([header("PaxHeader", content.length, type), padded(content)]);
}
const end = Buffer.alloc(1024);
const file = (name: string, content: string) =>
  Buffer.concat([header(name, content.length), padded(Buffer.from(content))]);

async function put(raw: Buffer) {
  const id = await server.create();
  const answer = await server.call("PUT", `/api/stoa/v1/workspaces/${id}/files/batch`, undefined, {
    raw,
    headers: { "content-type": "application/x-tar" },
  });
  return { id, answer, names: await readdir(server.onDisk(id)) };
}

describe("a tar of somebody's own making is refused, and nothing of it stays:", () => {
  it.each<[string, Buffer[], RegExp]>([
    [
      "a file with holes, as pieces",
      [pax({ "GNU.sparse.major": "1" }), file("s", "1\n0\n5\n")],
      /"s" is a file with holes/,
    ],
    ["the old kind of these", [header("s", 0, "S")], /"s" is of a kind/],
    ["a size that is none, in words", [pax({ size: "-5" }), file("n", "x")], /damaged/],
    ["a size beyond all", [header("n", Buffer.from("800000ffffffffffffffffff", "hex"))], /damaged|above|too large/],
    ["an extended header of 5 MB", [header("x", 5 << 20, "x"), Buffer.alloc(5 << 20, 0x31)], /damaged/],
    ["a way out in the extended header", [pax({ path: "../../x" }), file("harmless", "x")], /leads out/],
    [
      "the same for all that follow",
      [pax({ path: "/etc/x" }, "g"), pax({ comment: "x" }), file("harmless", "x")],
      /absolute/,
    ],
    ["a long name that leads out", [longName("a/../../x"), file("harmless", "x")], /leads out/],
    ["a long name that is too long", [longName("a/".repeat(3_000)), file("harmless", "x")], /more than|deeper/],
    ["a name with a line's end", [file("a\nb", "x")], /control characters/],
    ["a name of 256 bytes", [longName("é".repeat(128)), file("x", "x")], /255 bytes/],
    ["a name that is no UTF-8", [file("\xff\xfe", "x")], /not valid UTF-8/],
    ["one name twice", [file("a", "1"), file("./a", "2")], /there twice/],
    ["a folder through a file", [file("a", "1"), file("a/b", "2")], /both a file and a folder/],
  ])("%s", async (_what, parts, says) => {
    const { answer, names } = await put(Buffer.concat([...parts, end]));
    expect(answer.status, answer.text).toBe(422);
    expect(answer.body.detail).toMatch(says);
    expect(names).toEqual([]);
    expect(await staged()).toEqual([]);
  });

  it("but for a size below nothing, which is nothing", async () => {
    const { id, answer } = await put(Buffer.concat([header("n", Buffer.alloc(12, 0xff)), file("after", "x"), end]));
    expect(answer.body).toMatchObject({ files: 2, bytes: 1 });
    expect(await readFile(server.onDisk(id, "n"), "utf8")).toBe("");
  });

  it("an archive of nothing, a thousand times as large as it is", async () => {
    const id = await server.create();
    const gzip = createGzip();
    for (let count = 0; count < 400; count += 1) gzip.write(Buffer.alloc(1 << 20));
    gzip.end();
    const packed = Buffer.concat([...(await gzip.toArray())]);
    await writeFile(server.onDisk(id, "in.tgz"), packed);
    const url = `/api/stoa/v1/workspaces/${id}/files/unpack`;
    expect((await server.call("POST", url, { path: "in.tgz", to: "out" })).status).toBe(202);
    await expect(server.operations.runAll()).rejects.toThrow(/as only a bomb would/);
    expect(await readdir(server.onDisk(id))).toEqual(["in.tgz"]);
  });
});

it("what other programs pack in their own ways is taken: long names, extended headers, padding", async () => {
  const long = `${"d".repeat(100)}/${"f".repeat(150)}`;
  const { id, answer } = await put(
    Buffer.concat([
      pax({ comment: "of all" }, "g"),
      longName(long),
      file("cut", "long"),
      pax({ path: "نمودار.csv", mtime: "1700000000.5", "SCHILY.xattr.user.x": "y" }),
      file("plain", "pax"),
      Buffer.alloc(1 << 20),
    ]),
  );
  expect(answer.status, answer.text).toBe(200);
  expect(await readFile(server.onDisk(id, ...long.split("/")), "utf8")).toBe("long");
  expect(await readFile(server.onDisk(id, "نمودار.csv"), "utf8")).toBe("pax");
});

it("many small files are no bomb, however well their headers compress", async () => {
  const id = await server.create();
  const tar = await makeTar(Array.from({ length: 2_000 }, (_, n) => ({ name: `${n}` })));
  const gzip = createGzip();
  gzip.end(tar);
  await writeFile(server.onDisk(id, "in.tgz"), Buffer.concat([...(await gzip.toArray())]));
  const url = `/api/stoa/v1/workspaces/${id}/files/unpack`;
  await server.call("POST", url, { path: "in.tgz", to: "out" });
  await server.operations.runAll();
  expect(await readdir(server.onDisk(id, "out"))).toHaveLength(2_000);
});

/** GNU's way: an entry whose contents are the next one's name. */
function longName(name: string): Buffer {
  const content = Buffer.from(`${name}\0`);
  return Buffer.concat([header("././@LongLink", content.length, "L"), padded(content)]);
}
