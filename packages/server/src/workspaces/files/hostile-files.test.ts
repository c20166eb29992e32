import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { FileWork } from "../file-work/contract.ts";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "./directories.ts";

const isRoot = process.getuid?.() === 0;
let home: string;
let files: FileWork;
let workspace = 0;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "stoa-hostile-"));
  files = createInProcessFileWork({ directories: createDirectories(home, "node"), symlinkRoots: [] });
});
afterAll(() => rm(home, { recursive: true, force: true }));
beforeEach(() => {
  workspace += 1;
  mkdirSync(at(), { recursive: true });
});

const at = (...parts: string[]) => path.join(home, "workspaces", "1", String(workspace), ...parts);
const place = (...parts: string[]) => ({ workspace, parts });
const put = async (text: string, ...parts: string[]) => {
  const staged = await files.run(
    1,
    "stageUpload",
    { what: "x", limit: 1e6, left: 1e6 },
    { input: [Buffer.from(text)] },
  );
  await files.run(1, "placeStaged", { workspace, placements: [{ parts, staged }] });
};
const copy = async (from: string, to: string) => {
  const name = `copy-${workspace}-${to}`;
  const copied = await files.run(1, "stageCopy", { from: place(from), name });
  await files.run(1, "placeCopy", { name, to: place(to), replaced: null });
  return copied;
};

it("sends, sums and copies as many bytes of a growing file as it had", async () => {
  writeFileSync(at("log"), Buffer.alloc(3_000_000, "a"));
  const growing = setInterval(() => appendFileSync(at("log"), "more"), 1);
  try {
    const { head, bytes } = await files.open(1, "downloadFile", place("log"));
    let received = 0;
    for await (const chunk of bytes) {
      received += chunk.byteLength;
      appendFileSync(at("log"), "more");
    }
    expect(received).toBe(head.size);
    const { size } = await files.run(1, "checksumFile", { ...place("log"), algorithm: "md5" });
    expect(size).toBeGreaterThan(3_000_000);
    const { bytes: copied } = await copy("log", "copy");
    expect(statSync(at("copy")).size).toBe(copied);
    expect(statSync(at("log")).size).toBeGreaterThan(copied);
  } finally {
    clearInterval(growing);
  }
});

it("breaks off where a file is made shorter, and says so", async () => {
  writeFileSync(at("x"), Buffer.alloc(2_000_000));
  const { bytes } = await files.open(1, "downloadFile", place("x"));
  const read = async () => {
    for await (const _ of bytes) writeFileSync(at("x"), "short");
  };
  await expect(read()).rejects.toMatchObject({ code: "conflict" });
});

it("changes nothing of another's file that a second name leads to", async () => {
  const theirs = path.join(home, `theirs-${workspace}`);
  writeFileSync(theirs, "theirs");
  chmodSync(theirs, 0o640);
  const names = ["upload", "edit", "move", "trash", "purge"];
  for (const name of names) linkSync(theirs, at(name));
  const { etag } = await files.run(1, "readText", place("edit"));
  await put("mine", "upload");
  const staged = await files.run(1, "stageUpload", { what: "x", limit: 9, left: 9 }, { input: [Buffer.from("mine")] });
  await files.run(1, "replaceText", { ...place("edit"), staged: staged.name, version: etag });
  await files.run(1, "moveEntry", { from: place("move"), to: place("moved"), replaced: null });
  await files.run(1, "trashFile", { ...place("trash"), entry: 1 });
  await files.run(1, "restoreFile", { entry: 1, name: "trash", workspace, into: [] });
  await files.run(1, "trashFile", { ...place("purge"), entry: 2 });
  await files.run(1, "purgeEntry", { entry: 2 });
  expect(readFileSync(theirs, "utf8")).toBe("theirs");
  expect(statSync(theirs).mode & 0o777).toBe(0o640);
  expect(statSync(theirs).nlink).toBe(3);
  expect(readFileSync(at("edit"), "utf8")).toBe("mine");
});

it.runIf(isRoot)("reads no device, whatever it is called", async () => {
  execFileSync("mknod", [at("zero.csv"), "c", "1", "5"]);
  for (const command of ["readText", "checksumFile"] as const) {
    await expect(files.run(1, command, { ...place("zero.csv"), algorithm: "md5" })).rejects.toMatchObject({
      code: "conflict",
    });
  }
  await expect(copy("zero.csv", "copy")).rejects.toMatchObject({ code: "conflict" });
  await expect(files.open(1, "downloadFile", place("zero.csv"))).rejects.toMatchObject({ code: "conflict" });
});

it("says what is closed to it, does the rest, and throws it away all the same", async () => {
  mkdirSync(at("folder", "closed"), { recursive: true });
  writeFileSync(at("folder", "closed", "inner"), "12");
  writeFileSync(at("folder", "file"), "1");
  chmodSync(at("folder", "file"), 0);
  chmodSync(at("folder", "closed"), 0);
  const refused = { code: "conflict", message: expect.stringContaining("permissions") };
  if (!isRoot) {
    await expect(files.open(1, "downloadFile", place("folder", "file"))).rejects.toMatchObject(refused);
    await expect(files.run(1, "listFolder", { ...place("folder", "closed"), limit: 9 })).rejects.toMatchObject(refused);
    await expect(copy("folder", "copy")).rejects.toMatchObject(refused);
    expect((await files.run(1, "scanWorkspace", { workspace })).bytes).toBe(1);
  }
  const tree = await files.run(1, "walkTree", { ...place(), match: null, depth: null, limit: 9 });
  expect(tree.items.map(({ path: found }) => found)).toContain("folder/closed");
  await files.run(1, "trashFile", { ...place("folder"), entry: 3 });
  await files.run(1, "purgeEntry", { entry: 3 });
  expect(await files.run(1, "isInTrash", { entry: 3, name: "folder" })).toBe(false);
});

it("goes on in the folder it opened when that is moved away, and touches nothing in its new neighbourhood", async () => {
  const elsewhere = path.join(home, `elsewhere-${workspace}`);
  mkdirSync(elsewhere);
  writeFileSync(path.join(elsewhere, "kept"), "kept");
  for (let index = 0; index < 3_000; index += 1) {
    if (index % 1_000 === 0) mkdirSync(at("tree", `d${index / 1_000}`, "inner"), { recursive: true });
    writeFileSync(at("tree", `d${Math.floor(index / 1_000)}`, "inner", `${index}`), "1");
  }
  const removing = files
    .run(1, "trashFile", { ...place("tree"), entry: 4 })
    .then(() => files.run(1, "purgeEntry", { entry: 4 }));
  const trashed = path.join(home, "trash", "1", "4", "tree");
  const moving = setInterval(() => {
    for (const name of ["d0", "d1", "d2"]) {
      try {
        renameSync(path.join(trashed, name, "inner"), path.join(elsewhere, name));
      } catch {
        // Not there yet, or gone already.
      }
    }
  }, 1);
  await removing.finally(() => clearInterval(moving));
  expect(readFileSync(path.join(elsewhere, "kept"), "utf8")).toBe("kept");
  rmSync(elsewhere, { recursive: true });
});
