import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { makeTar, makeZip } from "../transfers/testing-archives.ts";
import type { FileWork } from "./contract.ts";

/** A workspace with `a.txt` ("from a") and `folder/b.txt` ("b"), for one test. */
export interface TransferScene {
  readonly files: FileWork;
  readonly me: number;
  readonly other: number;
  readonly workspace: number;
  readonly read: (path: string) => Promise<Buffer>;
  readonly put: (path: string, input: Iterable<Uint8Array>) => Promise<unknown>;
  /** Removes what is staged; how much it was. */
  readonly staged: () => Promise<number>;
  readonly shell: (script: string) => void;
  /** Open descriptors of the process that works. */
  readonly descriptors: () => number;
  readonly nextWorkspace: () => number;
}

const LIMITS = { entries: 1000, bytes: 1e9, ratio: 1000, depth: 30, pathBytes: 4000 };
const broken = new Error("cut off");

/** What every FileWork does with files that come and go in any amount. */
export function transferSuite(scene: () => TransferScene): void {
  uploadSuite(scene);
  unpackSuite(scene);
  packSuite(scene);
  treeSuite(scene);
}

function uploadSuite(scene: () => TransferScene): void {
  it("takes an upload in any number of requests, and gives it its name once", async () => {
    const { files, me, workspace, read } = scene();
    const upload = { name: "upload-suite", what: "big.bin" };
    const content = randomBytes(3_000_000);
    const append = (from: number, to: number, more: object = {}) => {
      const question = { ...upload, offset: from, most: content.length - from, checksum: null, ...more };
      return files.run(me, "appendUpload", question, { input: pieces(content.subarray(from, to)) });
    };
    expect(await files.run(me, "sizeOfUpload", upload)).toBeNull();
    await files.run(me, "beginUpload", upload);
    expect(await append(0, 1_000_000)).toEqual({ size: 1_000_000 });
    await expect(append(0, 5)).rejects.toMatchObject({ code: "conflict" });
    await expect(append(1_000_000, 1_000_009, { most: 8 })).rejects.toMatchObject({
      code: "too_large",
      details: { limit: 1_000_008 },
    });
    const wrong = { checksum: { algorithm: "sha256", digest: sha256(Buffer.from("other")).toString("base64") } };
    await expect(append(1_000_000, 2_000_000, wrong)).rejects.toMatchObject({ code: "checksum_mismatch" });
    expect(await files.run(me, "sizeOfUpload", upload)).toEqual({ size: 1_000_000 });
    const right = sha256(content.subarray(1_000_000)).toString("base64");
    const checksum = { algorithm: "sha256", digest: right };
    expect(await append(1_000_000, content.length, { checksum })).toEqual({ size: content.length });
    expect(await files.run(me, "hashUpload", upload)).toEqual({ sha256: sha256(content).toString("hex") });
    const place = { workspace, parts: ["a.txt"] };
    await expect(files.run(me, "checkPlace", { ...place, conflicts: "refuse" })).rejects.toMatchObject({
      code: "conflict",
    });
    const given = { ...place, conflicts: "keep_both", name: upload.name } as const;
    expect(await files.run(me, "placeUpload", given)).toEqual({ parts: ["a (2).txt"] });
    expect(await files.run(me, "placeUpload", given)).toBeNull();
    expect((await read("a (2).txt")).equals(content)).toBe(true);
    expect(String(await read("a.txt"))).toBe("from a");
  });

  it("keeps of an upload what had come when its input broke off", async () => {
    const { files, me, staged } = scene();
    const upload = { name: "upload-broken", what: "x" };
    await files.run(me, "beginUpload", upload);
    const question = { ...upload, offset: 0, most: 1e9, checksum: null };
    await expect(
      files.run(me, "appendUpload", question, { input: breakingOff(Buffer.alloc(700_000)) }),
    ).rejects.toBeDefined();
    expect(await files.run(me, "sizeOfUpload", upload)).toEqual({ size: 700_000 });
    expect(await staged()).toBe(1);
  });

  it("takes no file of a session's for an upload", async () => {
    const { files, me, shell, staged } = scene();
    shell("ln -s ../a.txt ../.staging/upload-link; mkfifo ../.staging/upload-pipe");
    for (const name of ["upload-link", "upload-pipe"]) {
      const question = { name, what: "x", offset: 0, most: 9, checksum: null };
      await expect(files.run(me, "appendUpload", question, { input: [Buffer.from("x")] }), name).rejects.toThrow();
      await expect(files.run(me, "hashUpload", question), name).rejects.toThrow();
    }
    await staged();
  });
}

function unpackSuite(scene: () => TransferScene): void {
  it("unpacks a tar that comes in, and merges it where it belongs", async () => {
    const { files, me, workspace, read, staged } = scene();
    const content = randomBytes(2_000_000);
    const tar = await makeTar([
      { name: "folder/new.bin", content },
      { name: "a.txt", content: "in its place" },
    ]);
    const receive = (name: string) => files.run(me, "receiveTar", { name, limits: LIMITS }, { input: pieces(tar) });
    expect(await receive("tree-1")).toEqual({ files: 2, bytes: content.length + 12 });
    const place = (name: string, conflicts: "refuse" | "replace" | "keep_both", parts: string[] = []) =>
      files.run(me, "placeTree", { name, workspace, parts, conflicts });
    await expect(place("tree-1", "refuse")).rejects.toMatchObject({ code: "conflict" });
    expect(String(await read("a.txt"))).toBe("from a");
    await place("tree-1", "replace");
    expect(String(await read("a.txt"))).toBe("in its place");
    expect((await read("folder/new.bin")).equals(content)).toBe(true);
    expect(String(await read("folder/b.txt"))).toBe("b");
    await receive("tree-2");
    await place("tree-2", "refuse", ["elsewhere", "deep"]);
    expect((await read("elsewhere/deep/folder/new.bin")).equals(content)).toBe(true);
    await receive("tree-3");
    await files.run(me, "discardTree", { name: "tree-3" });
    expect(await staged()).toBe(0);
  });

  it("keeps nothing of a tar that leads outside, is too much, or breaks off", async () => {
    const { files, me, staged } = scene();
    const receive = (input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, limits = LIMITS) =>
      files.run(me, "receiveTar", { name: "tree-bad", limits }, { input });
    const good = { name: "good.txt", content: "good" };
    for (const bad of [
      { name: "../outside" },
      { name: "/etc/x" },
      { name: "link", type: "symlink", linkname: "/etc/passwd" },
    ] as const) {
      const tar = await makeTar([good, bad]);
      await expect(receive(pieces(tar)), bad.name).rejects.toMatchObject({ code: "unprocessable" });
    }
    const tar = await makeTar([good, { name: "big", content: Buffer.alloc(2_000_000) }]);
    await expect(receive(pieces(tar), { ...LIMITS, bytes: 1_000_000 })).rejects.toMatchObject({
      code: "unprocessable",
    });
    await expect(receive(breakingOff(tar.subarray(0, 1_000_000)))).rejects.toBe(broken);
    expect(await staged()).toBe(0);
  });

  it("unpacks what lies in a workspace by what it is, and tells how far it is", async () => {
    const { files, me, workspace, put, read } = scene();
    const entry = { name: "in/deep.txt", content: "deep".repeat(100_000) };
    const tar = await makeTar([entry]);
    const archives = { "x.zip": makeZip([entry]), "x.tar": tar, "a picture.png": gzipSync(tar) };
    for (const [name, bytes] of Object.entries(archives)) {
      await put(name, pieces(bytes));
      let seen = 0;
      const question = { workspace, parts: [name], name: "tree-archive", limits: LIMITS };
      const onProgress = (progress: { bytes: number }) => {
        seen = Math.max(seen, progress.bytes);
      };
      const unpacked = await files.run(me, "unpackArchive", question, { onProgress });
      expect(unpacked, name).toEqual({ files: 1, bytes: 400_000 });
      expect(seen, name).toBeGreaterThan(0);
      const place = { name: "tree-archive", workspace, parts: [`of ${name}`], conflicts: "refuse" } as const;
      await files.run(me, "placeTree", place);
      expect(String(await read(`of ${name}/in/deep.txt`)), name).toBe(entry.content);
    }
    const question = { workspace, parts: ["a.txt"], name: "tree-archive", limits: LIMITS };
    await expect(files.run(me, "unpackArchive", question)).rejects.toMatchObject({ code: "unprocessable" });
  });
}

function packSuite(scene: () => TransferScene): void {
  it("packs a selection that unpacks again, and tells what it left out", async () => {
    const { files, me, workspace, put, read, shell } = scene();
    const content = randomBytes(4_000_000);
    await put("folder/big.bin", pieces(content));
    shell("ln -s /etc/passwd folder/link");
    const paths = [["folder"], ["a.txt"]];
    const { bytes } = await files.open(me, "packSelection", { workspace, paths, entries: 100 });
    await files
      .run(me, "stageUpload", { what: "x.zip", limit: 1e9, left: 1e9 }, { input: bytes })
      .then((staged) => files.run(me, "placeStaged", { workspace, placements: [{ parts: ["x.zip"], staged }] }));
    const question = { workspace, parts: ["x.zip"], name: "tree-pack", limits: LIMITS };
    await files.run(me, "unpackArchive", question);
    await files.run(me, "placeTree", { name: "tree-pack", workspace, parts: ["again"], conflicts: "refuse" });
    expect((await read("again/folder/big.bin")).equals(content)).toBe(true);
    expect(String(await read("again/a.txt"))).toBe("from a");
    expect(String(await read("again/_errors.txt"))).toContain("folder/link: a symbolic link");
    const none = files.open(me, "packSelection", { workspace, paths: [["a.txt"], ["none"]], entries: 100 });
    await expect(none).rejects.toMatchObject({ code: "not_found" });
  });

  it("ends packing and sending when nobody reads on", async () => {
    const { files, me, workspace, shell, descriptors } = scene();
    shell("truncate -s 1T holes");
    const before = descriptors();
    for (let count = 0; count < 10; count += 1) {
      const selection = { workspace, paths: [["holes"]], entries: 9 };
      const packed = await files.open(me, "packSelection", selection);
      const sent = await files.open(me, "sendTree", { workspace });
      for (const { bytes } of [packed, sent]) {
        // Some unread, some begun.
        if (count % 2 === 0) for await (const _ of bytes) break;
        await bytes[Symbol.asyncDispose]();
      }
    }
    await expect.poll(() => descriptors() - before).toBeLessThanOrEqual(2);
  });
}

function treeSuite(scene: () => TransferScene): void {
  it("carries a tree from one person to another, new files of their own", async () => {
    const { files, me, other, workspace, put, shell, nextWorkspace } = scene();
    const content = randomBytes(6_000_000);
    await put("folder/big.bin", pieces(content));
    shell("chmod 755 a.txt; ln -s folder/b.txt near; ln -s /etc/passwd far; mkfifo pipe; touch .hidden");
    const { bytes } = await files.open(me, "sendTree", { workspace });
    let seen = 0;
    const onProgress = (progress: { bytes: number }) => {
      seen = Math.max(seen, progress.bytes);
    };
    const received = await files.run(other, "receiveTree", null, { input: bytes, onProgress });
    expect(received).toMatchObject({ files: 3, bytes: content.length + 7, leftOut: { links: 1, special: 1 } });
    expect(seen).toBeLessThanOrEqual(received.bytes);
    const theirs = nextWorkspace();
    await files.run(other, "nameWorkspace", { staged: received.name, workspace: theirs });
    const scan = await files.run(other, "scanWorkspace", { workspace: theirs });
    expect(scan.bytes).toBe(content.length + 7);
    const question = { workspace: theirs, parts: ["folder", "big.bin"] };
    const back = await files.open(other, "downloadFile", question);
    expect((await gather(back.bytes)).equals(content)).toBe(true);
    await expect(files.open(me, "downloadFile", question)).rejects.toMatchObject({ code: "not_found" });
  });

  it("keeps nothing of a tree that does not come to its end", async () => {
    const { files, me, workspace, put, staged } = scene();
    await put("big.bin", pieces(randomBytes(1_000_000)));
    const { bytes } = await files.open(me, "sendTree", { workspace });
    const whole = await gather(bytes);
    await expect(files.run(me, "receiveTree", null, { input: breakingOff(whole.subarray(0, 500_000)) })).rejects.toBe(
      broken,
    );
    for (const input of [whole.subarray(0, -1), whole.subarray(0, 100_000), Buffer.from("no tree at all")]) {
      await expect(files.run(me, "receiveTree", null, { input: pieces(input) })).rejects.toMatchObject({
        code: "upstream_failed",
      });
    }
    expect(await staged()).toBe(0);
  });
}

async function* breakingOff(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes);
  throw broken;
}

/** Whoever takes bytes may keep their memory: each piece is a copy. */
function* pieces(bytes: Buffer, size = 77_777): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
