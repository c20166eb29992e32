import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FileWork } from "./contract.ts";
import { transferSuite } from "./testing-transfers.ts";

/** A FileWork to be tried, with two people. */
export interface SuiteGround {
  readonly files: FileWork;
  readonly accountId: number;
  readonly otherId: number;
  /** Runs a shell script with the person's rights in one of their workspaces, as a session would. */
  shell(accountId: number, workspace: number, script: string): void;
  /** Open descriptors of the process that does the work for the person. */
  descriptors(accountId: number): number;
  close(): Promise<void>;
}

let lastWorkspace = 100;

/** What every FileWork does, whichever process it does it in. */
export function fileWorkSuite(name: string, create: () => Promise<SuiteGround>): void {
  describe(`file work ${name}`, () => {
    let ground: SuiteGround;
    let files: FileWork;
    let me: number;
    let workspace: number;
    beforeAll(async () => {
      ground = await create();
      files = ground.files;
      me = ground.accountId;
    });
    afterAll(() => ground?.close());

    const make = async (owner: number, contents: Readonly<Record<string, string | Buffer>>): Promise<number> => {
      const entries = Object.entries(contents).map(([path, content]) => ({ path, content: Buffer.from(content) }));
      const list = entries.map(({ path, content }) => ({ what: path, parts: path.split("/"), size: content.length }));
      const input = entries.map(({ content }) => content);
      const { name: staged } = await files.run(owner, "stageWorkspace", { files: list }, { input });
      lastWorkspace += 1;
      await files.run(owner, "nameWorkspace", { staged, workspace: lastWorkspace });
      return lastWorkspace;
    };
    const open = (path: string, more: object = {}) =>
      files.open(me, "downloadFile", { workspace, parts: path.split("/"), ...more });
    const read = async (path: string, more: object = {}) => {
      const { bytes } = await open(path, more);
      return await gather(bytes);
    };
    const put = async (path: string, input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, limit = 1e9) => {
      const staged = await files.run(me, "stageUpload", { what: path, limit, left: limit }, { input });
      await files.run(me, "placeStaged", { workspace, placements: [{ parts: path.split("/"), staged }] });
      return staged;
    };
    const staged = async () => (await files.run(me, "sweepStaging", { mark: "", olderThanMinutes: 0 })).removed;
    beforeEach(async () => {
      workspace = await make(me, { "a.txt": "from a", "folder/b.txt": "b" });
      await staged();
    });

    it("carries bytes in and out as they are, in any number", async () => {
      const content = randomBytes(20_000_003);
      expect(await put("in/deep.bin", pieces(content, 77_777))).toMatchObject({ size: content.length });
      expect(sum(await read("in/deep.bin"))).toBe(sum(content));
      expect((await read("in/deep.bin", { range: "bytes=5-1000004" })).equals(content.subarray(5, 1_000_005))).toBe(
        true,
      );
      await put("empty", []);
      expect(await read("empty")).toHaveLength(0);
    });

    it("tells what a stream will be before its bytes", async () => {
      const whole = await open("a.txt");
      expect(whole.head).toMatchObject({
        size: 6,
        answer: "whole",
        range: null,
        etag: expect.stringMatching(/^".+"$/),
      });
      expect((await gather(whole.bytes)).toString()).toBe("from a");
      const known = await open("a.txt", { ifNoneMatch: whole.head.etag });
      expect(known.head.answer).toBe("unchanged");
      expect(await gather(known.bytes)).toHaveLength(0);
    });

    it("refuses alike: code, message and details come from the command", async () => {
      const list = (question: object) => files.run(me, "listFolder", { workspace, parts: [], limit: 9, ...question });
      const expected = [
        [() => list({ parts: ["none"] }), { code: "not_found", status: 404 }],
        [() => list({ parts: ["a.txt"] }), { code: "conflict", status: 409 }],
        [() => list({ cursor: "!" }), { code: "invalid" }],
        [() => list({ workspace: 999_999 }), { code: "not_found" }],
        [() => open("none"), { code: "not_found", message: "There is no file or folder none here." }],
        [() => put("x", [Buffer.alloc(11)], 10), { code: "too_large", details: { limit: 10 }, byDefault: true }],
      ] as const;
      for (const [work, error] of expected) await expect(work()).rejects.toMatchObject({ name: "StoaError", ...error });
      const edit = { workspace, parts: ["a.txt"], staged: "none", version: '"other"' };
      const { head } = await open("a.txt", { headOnly: true });
      await expect(files.run(me, "replaceText", edit)).rejects.toMatchObject({
        code: "precondition_failed",
        details: { etag: head.etag },
      });
    });

    it("knows no command that is not one of ours", async () => {
      for (const unknown of ["constructor", "__proto__", "shell", ""]) {
        await expect(files.run(me, unknown as "listFolder", null as never)).rejects.toMatchObject({ code: "defect" });
        await expect(files.open(me, unknown as "downloadFile", null as never)).rejects.toMatchObject({
          code: "defect",
        });
      }
    });

    it("fails with the input, the same error, and leaves nothing of it", async () => {
      const broken = new Error("cut off");
      const input = async function* () {
        yield Buffer.alloc(300_000);
        throw broken;
      };
      await expect(put("x", input())).rejects.toBe(broken);
      await expect.poll(staged).toBe(0);
    });

    it("reads its input no faster than it takes it, and no further than it needs", async () => {
      let given = 0;
      let ended = false;
      const endless = async function* () {
        try {
          for (;;) {
            given += 100_000;
            yield Buffer.alloc(100_000);
          }
        } finally {
          ended = true;
        }
      };
      await expect(put("x", endless(), 1_000_000)).rejects.toMatchObject({ code: "too_large" });
      await expect.poll(() => ended).toBe(true);
      expect(given).toBeLessThan(60_000_000);
      expect(await staged()).toBe(0);
    });

    it("reads no more of a file than is asked for, and closes it when nobody reads on", async () => {
      ground.shell(me, workspace, "truncate -s 1T holes");
      // The process starts with the first call, and then stays.
      const before = ground.descriptors(me);
      for (let count = 0; count < 20; count += 1) {
        const { bytes } = await open("holes");
        // Some unread, some begun.
        if (count % 2 === 0) for await (const _ of bytes) break;
        await bytes[Symbol.asyncDispose]();
      }
      await expect.poll(() => ground.descriptors(me) - before).toBeLessThanOrEqual(2);
    });

    it("gives up at once when the signal comes", async () => {
      ground.shell(me, workspace, "truncate -s 1T holes");
      const ending = new AbortController();
      const question = { workspace, parts: ["holes"], algorithm: "md5" } as const;
      let reported = 0;
      const onProgress = ({ bytes }: { bytes: number }) => {
        reported = Math.max(reported, bytes);
        ending.abort();
      };
      const work = files.run(me, "checksumFile", question, { signal: ending.signal, onProgress });
      await expect(work).rejects.toMatchObject({ name: "AbortError" });
      expect(reported).toBeGreaterThan(0);
      const late = files.run(me, "checksumFile", question, { signal: AbortSignal.abort() });
      await expect(late).rejects.toMatchObject({ name: "AbortError" });
    });

    it("does many things at once, each its own", async () => {
      const texts = Array.from({ length: 60 }, (_, index) => `${index}`.repeat(10_000));
      await Promise.all(texts.map((text, index) => put(`many/${index}`, [Buffer.from(text)])));
      const back = await Promise.all(texts.map((_, index) => read(`many/${index}`)));
      expect(back.map(String)).toEqual(texts);
    });

    it("keeps one person's files from another", async () => {
      const { otherId } = ground;
      const question = { workspace, parts: [], limit: 9 };
      await expect(files.run(otherId, "listFolder", question)).rejects.toMatchObject({ code: "not_found" });
      const { name: mine } = await files.run(
        me,
        "stageUpload",
        { what: "x", limit: 9, left: 9 },
        { input: [Buffer.from("x")] },
      );
      const theirs = await make(otherId, {});
      const placements = [{ parts: ["stolen"], staged: { name: mine, size: 1 } }];
      await expect(files.run(otherId, "placeStaged", { workspace: theirs, placements })).rejects.toThrow();
      expect((await files.run(otherId, "listFolder", { ...question, workspace: theirs })).items).toEqual([]);
    });

    it("follows no link, waits for no pipe, and reads no device", async () => {
      const script = "ln -s /etc out; ln -s /etc/passwd file; ln -s a.txt near; ln -s /dev/zero zero; mkfifo pipe";
      ground.shell(me, workspace, script);
      for (const path of ["file", "near", "zero", "pipe", "out", "out/passwd", "folder"]) {
        await expect(open(path), path).rejects.toMatchObject({ code: "conflict" });
      }
      await expect(put("out/x", [Buffer.from("x")])).rejects.toMatchObject({ code: "conflict" });
      await put("near", [Buffer.from("in its place")]);
      expect(String(await read("a.txt"))).toBe("from a");
      expect(String(await read("near"))).toBe("in its place");
      const moved = { from: { workspace, parts: ["out"] }, to: { workspace, parts: ["elsewhere"] }, replaced: null };
      await files.run(me, "moveEntry", moved);
      expect((await files.run(me, "describeEntry", { workspace, parts: ["elsewhere"] })).type).toBe("symlink");
    });

    it("moves to the trash, back, and ends what is there", async () => {
      const entry = lastWorkspace * 10;
      await files.run(me, "trashFile", { workspace, parts: ["folder"], entry });
      expect(await files.run(me, "isInTrash", { entry, name: "folder" })).toBe(true);
      await put("folder", [Buffer.from("new")]);
      const back = await files.run(me, "restoreFile", { entry, name: "folder", workspace, into: [] });
      expect(back.name).toBe("folder (2)");
      expect(String(await read("folder (2)/b.txt"))).toBe("b");
      await files.run(me, "clearEntry", { entry });
      expect(await files.run(me, "isInTrash", { entry, name: "folder" })).toBe(false);
      ground.shell(me, workspace, "mkdir -p closed/inner && touch closed/inner/x && chmod 000 closed/inner closed");
      await files.run(me, "trashWorkspace", { workspace, entry: entry + 1 });
      await expect(open("a.txt")).rejects.toMatchObject({ code: "not_found" });
      await files.run(me, "purgeEntry", { entry: entry + 1 });
      expect(await files.run(me, "isInTrash", { entry: entry + 1, name: String(workspace) })).toBe(false);
    });

    it("finds, measures and copies what is there", async () => {
      const scan = await files.run(me, "scanWorkspace", { workspace });
      expect(scan).toMatchObject({ bytes: 7, details: { files: [{ name: "/a.txt" }, { name: "/folder/b.txt" }] } });
      const page = await files.run(me, "walkTree", { workspace, parts: [], match: "B.TX", depth: null, limit: 9 });
      expect(page.items.map(({ path }) => path)).toEqual(["folder/b.txt"]);
      const copy = { name: "copy-suite", to: { workspace, parts: ["again"] }, replaced: null };
      await files.run(me, "stageCopy", { from: { workspace, parts: ["folder"] }, name: copy.name });
      await files.run(me, "placeCopy", copy);
      await files.run(me, "discardCopy", copy);
      expect(String(await read("again/b.txt"))).toBe("b");
    });

    transferSuite(() => ({
      files,
      me,
      other: ground.otherId,
      workspace,
      read,
      put,
      staged,
      shell: (script) => ground.shell(me, workspace, script),
      descriptors: () => ground.descriptors(me),
      nextWorkspace: () => {
        lastWorkspace += 1;
        return lastWorkspace;
      },
    }));
  });
}

function* pieces(bytes: Buffer, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

function sum(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
