import { execFileSync } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "./directories.ts";
import { staysInside } from "./link-target.ts";
import { encodeFrames, type Frame } from "./tree-frames.ts";

let dataDir: string;
const SENDER = 1;
const RECEIVER = 2;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "stoa-copy-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const files = () =>
  createInProcessFileWork({ directories: createDirectories(dataDir, "node"), symlinkRoots: ["/srv/data"] });
const staging = () => path.join(dataDir, "workspaces", String(RECEIVER), ".staging");
let last = 0;
async function newWorkspace(): Promise<{ id: number; place: string }> {
  last += 1;
  const place = path.join(dataDir, "workspaces", String(SENDER), String(last));
  await mkdir(place, { recursive: true });
  return { id: last, place };
}

async function copy(workspace: number) {
  const work = files();
  const tree = await work.open(SENDER, "sendTree", { workspace });
  return work.run(RECEIVER, "receiveTree", null, { input: tree.bytes });
}

it("copies files, folders and links, whatever their names, and no dot files", async () => {
  const { id, place } = await newWorkspace();
  await mkdir(path.join(place, "deep", "er"), { recursive: true });
  await mkdir(path.join(place, ".git"));
  await mkdir(path.join(place, "empty"));
  await writeFile(path.join(place, ".git", "config"), "secret");
  await writeFile(path.join(place, "deep", ".env"), "secret");
  const big = Buffer.alloc(3_000_000, "stoa");
  await writeFile(path.join(place, "deep", "er", "big"), big);
  await writeFile(path.join(place, "run"), "#!/bin/sh\n", { mode: 0o755 });
  await writeFile(path.join(place, "یادداشت\n.txt"), "");
  await writeFile(Buffer.concat([Buffer.from(`${place}/`), Buffer.from([0xff, 0xfe])]), "no UTF-8");
  await symlink("er/big", path.join(place, "deep", "latest"));
  await symlink("../run", path.join(place, "deep", "up"));
  await symlink("/srv/data/set", path.join(place, "data"));
  await utimes(path.join(place, "run"), 1_000_000, 1_234_567);

  const copied = await copy(id);
  expect(copied).toMatchObject({ files: 4, leftOut: { links: 0, special: 0, deep: 0, changed: 0 } });
  const to = path.join(staging(), copied.name);
  expect((await readdir(to)).sort()).toHaveLength(6);
  expect((await readdir(path.join(to, "deep"))).sort()).toEqual(["er", "latest", "up"]);
  expect((await readFile(path.join(to, "deep", "latest"))).equals(big)).toBe(true);
  expect(await readFile(path.join(to, "deep", "up"), "utf8")).toBe("#!/bin/sh\n");
  expect(await readlink(path.join(to, "data"))).toBe("/srv/data/set");
  expect(await readFile(Buffer.concat([Buffer.from(`${to}/`), Buffer.from([0xff, 0xfe])]), "utf8")).toBe("no UTF-8");
  const run = await lstat(path.join(to, "run"));
  expect([run.mode & 0o777, run.mtimeMs]).toEqual([0o755, 1_234_567_000]);
});

it("leaves out and counts what must not, or can't, be given away", async () => {
  const { id, place } = await newWorkspace();
  await symlink("/etc/passwd", path.join(place, "outside"));
  await symlink("../2/theirs", path.join(place, "neighbour"));
  execFileSync("mkfifo", [path.join(place, "fifo")]);
  await mkdir(path.join(place, ...new Array<string>(101).fill("d")), { recursive: true });
  const copied = await copy(id);
  expect(copied).toMatchObject({ files: 0, leftOut: { links: 2, special: 1, deep: 1 } });
  expect(await readdir(path.join(staging(), copied.name))).toEqual(["d"]);
});

it.runIf(process.getuid?.() !== 0)("breaks off at what can't be read, and leaves nothing", async () => {
  const { id, place } = await newWorkspace();
  await writeFile(path.join(place, "closed"), "x");
  await chmod(path.join(place, "closed"), 0o000);
  const before = await readdir(staging());
  await expect(copy(id)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("closed") });
  expect(await readdir(staging())).toEqual(before);
});

it("copies what is there while its owner takes away, adds and changes", async () => {
  const { id, place } = await newWorkspace();
  await mkdir(path.join(place, "folder"));
  for (let n = 0; n < 300; n += 1) await writeFile(path.join(place, "folder", `f${n}`), `${n}`);
  let over = false;
  const owner = (async () => {
    for (let n = 0; !over; n += 1) {
      const name = path.join(place, "folder", `f${n % 300}`);
      await rm(name, { force: true, recursive: true });
      if (n % 3 === 0) await mkdir(name).catch(() => undefined);
      else if (n % 3 === 1) await symlink("/etc/passwd", name).catch(() => undefined);
      else await writeFile(name, "again".repeat(n % 50)).catch(() => undefined);
    }
  })();
  const copied = await copy(id);
  over = true;
  await owner;
  for (const name of await readdir(path.join(staging(), copied.name, "folder"))) {
    expect((await lstat(path.join(staging(), copied.name, "folder", name))).isSymbolicLink()).toBe(false);
  }
});

const name = Buffer.from("x");
const end: Frame = { kind: "end", leftOut: { links: 0, special: 0, deep: 0, changed: 0 } };
const folder: Frame = { kind: "folder", name, mtimeMs: 0 };
it.each<[string, Frame[]]>([
  ["a name that leads up", [{ kind: "folder", name: Buffer.from(".."), mtimeMs: 0 }, end]],
  ["a name of several parts", [{ kind: "file", name: Buffer.from("a/b"), mtimeMs: 0, executable: false }, end]],
  ["no name", [{ kind: "folder", name: Buffer.alloc(0), mtimeMs: 0 }, end]],
  ["a link that leads out", [{ kind: "link", name, target: Buffer.from("/etc") }, end]],
  ["a link that leads up from inside", [folder, { kind: "link", name, target: Buffer.from("../../x") }, end]],
  ["a way out of the tree", [{ kind: "leave" }, end]],
  ["bytes of no file", [{ kind: "bytes", bytes: Buffer.from("x") }, end]],
  ["one name twice", [folder, { kind: "leave" }, folder, end]],
  ["too many folders in one another", [...new Array<Frame>(200).fill(folder), end]],
  ["an end too early", [folder]],
  ["an end in a file", [{ kind: "file", name, mtimeMs: 0, executable: false }, end]],
])("takes no stream with %s, and leaves nothing", async (_what, frames) => {
  const before = await readdir(staging());
  const input = encodeFrames(
    (async function* () {
      yield* frames;
    })(),
  );
  await expect(files().run(RECEIVER, "receiveTree", null, { input })).rejects.toMatchObject({
    code: expect.stringMatching(/upstream_failed|conflict/),
  });
  expect(await readdir(staging())).toEqual(before);
});

it("takes no more files and folders than may be shared, whatever the sender's program sends", async () => {
  const before = await readdir(staging());
  const frames = async function* (count: number) {
    for (let index = 0; index < count; index += 1) {
      const link = { kind: "link", name: Buffer.from(`l${index}`), target: Buffer.from("x") } as const;
      yield link;
    }
    yield end;
  };
  const receive = (count: number) =>
    files().run(RECEIVER, "receiveTree", { mostEntries: 10 }, { input: encodeFrames(frames(count)) });
  await expect(receive(11)).rejects.toMatchObject({ code: "conflict" });
  expect(await readdir(staging())).toEqual(before);
  const { name } = await receive(10);
  await files().run(RECEIVER, "discardStaged", { names: [name] });
});

it("takes no more bytes than it was told to, and leaves nothing of more", async () => {
  const { id, place } = await newWorkspace();
  await writeFile(path.join(place, "a"), Buffer.alloc(600_000));
  await writeFile(path.join(place, "b"), Buffer.alloc(400_000));
  const before = await readdir(staging());
  const receive = async (mostBytes: number) => {
    const { bytes } = await files().open(SENDER, "sendTree", { workspace: id });
    return files().run(RECEIVER, "receiveTree", { mostBytes }, { input: bytes });
  };
  await expect(receive(999_999)).rejects.toMatchObject({ code: "too_large", details: { limit: 999_999 } });
  expect(await readdir(staging())).toEqual(before);
  const { name, bytes } = await receive(1_000_000);
  expect(bytes).toBe(1_000_000);
  await files().run(RECEIVER, "discardStaged", { names: [name] });
});

it("takes no noise for a stream", async () => {
  for (const noise of ["", "d", "d\xff\xff\xff\xff", "q\0\0\0\0", "d\0\0\0\x02{]"]) {
    const input = [Buffer.from(noise, "latin1")];
    await expect(files().run(RECEIVER, "receiveTree", null, { input })).rejects.toMatchObject({
      code: "upstream_failed",
    });
  }
});

it.each([
  ["a", 0, true],
  ["a/b", 0, true],
  ["./a", 0, true],
  ["..", 0, false],
  ["../a", 1, true],
  ["../../a", 1, false],
  ["a/..", 0, false],
  ["..", 1, true],
  ["a/../../b", 3, false],
  ["/etc", 0, false],
  ["/srv/data", 0, true],
  ["/srv/data/x", 0, true],
  ["/srv/database", 0, false],
  ["/srv/data/../x", 0, false],
  ["//srv/data/x", 0, false],
  ["", 0, false],
])("knows where the link %j leads from depth %i", (target, depth, stays) => {
  expect(staysInside(Buffer.from(target), depth, ["/srv/data"])).toBe(stays);
});
