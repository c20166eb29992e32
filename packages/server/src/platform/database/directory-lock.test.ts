import { readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryDataDir } from "../../testing/spawn-embedded.ts";
import { directoryHolder, lockDirectory } from "./directory-lock.ts";

describe("the data directory's lock", () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  const file = () => path.join(directory.path, "server.lock");
  const alter = async (change: object) => {
    const holder = JSON.parse(await readFile(file(), "utf8"));
    await writeFile(file(), JSON.stringify({ ...holder, ...change }));
  };

  beforeEach(async () => {
    directory = await temporaryDataDir();
  });
  afterEach(() => directory.remove());

  test("of many at once, one gets it; after its release the next one does", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory.path)));
    const got = tries.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    expect(got).toHaveLength(1);
    expect(await directoryHolder(directory.path)).toMatchObject({ pid: process.pid });
    await got[0]?.release();
    expect(await directoryHolder(directory.path)).toBeNull();
    await (await lockDirectory(directory.path)).release();
  });

  test.each([
    ["a dead process", { pid: 4_194_304 }],
    ["a process whose number is another's now", { startTime: "1" }],
    ["nothing that can be read", { pid: "x" }],
  ])("left by %s: taken over by one of many", async (_who, change) => {
    await lockDirectory(directory.path);
    await alter(change);
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => lockDirectory(directory.path, { deadAfterMs: 500 })),
    );
    expect(tries.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  });

  test.each([
    ["as it is", 0],
    ["an hour behind ours", -3_600_000],
    ["an hour ahead of ours", 3_600_000],
  ])("held in another container whose clock is %s: only a file that changes tells", async (_clock, offset) => {
    await writeFile(file(), JSON.stringify({ pid: 1, startTime: "5", world: "another", host: "elsewhere" }));
    const touch = () => utimes(file(), new Date(), new Date(Date.now() + offset));
    await touch();
    const heartbeat = setInterval(touch, 200);
    await expect(lockDirectory(directory.path, { deadAfterMs: 1_500 })).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining("on elsewhere"),
    });
    clearInterval(heartbeat);
  });

  test.each([
    ["long ago", -3_600_000],
    ["a moment ago", 0],
    ["in the future", 3_600_000],
  ])(
    "left by a container that is gone, touched last %s: taken over after one period, not before",
    async (_when, offset) => {
      await writeFile(file(), JSON.stringify({ pid: 1, startTime: "5", world: "another", host: "elsewhere" }));
      await utimes(file(), new Date(), new Date(Date.now() + offset));
      const began = performance.now();
      const lock = await lockDirectory(directory.path, { deadAfterMs: 500 });
      expect(performance.now() - began).toBeGreaterThan(450);
      await lock.release();
    },
  );

  test("not taken while something of the dead holder's is still at work; the lock stays as it was", async () => {
    const left = JSON.stringify({ pid: 4_194_304, startTime: "5", world: "another", host: "elsewhere" });
    await writeFile(file(), left);
    const beforeTakeover = () => Promise.reject(new Error("still at work"));
    await expect(lockDirectory(directory.path, { deadAfterMs: 300, beforeTakeover })).rejects.toThrow("still at work");
    expect(await readFile(file(), "utf8")).toBe(left);
  });

  test("its holder notices when the lock becomes another's, and never touches that one", async () => {
    const lost = Promise.withResolvers<Error>();
    const lock = await lockDirectory(directory.path, { onLost: lost.resolve });
    const another = JSON.stringify({ pid: 1, startTime: "5", world: "another", host: "elsewhere" });
    await writeFile(`${file()}.new`, another);
    const past = new Date(1_000_000);
    await utimes(`${file()}.new`, past, past);
    await rename(`${file()}.new`, file());
    expect(await lost.promise).toMatchObject({ name: "StartError", message: expect.stringContaining("on elsewhere") });
    expect((await stat(file())).mtimeMs).toBe(1_000_000);
    await lock.release();
    expect(await readFile(file(), "utf8")).toBe(another);
  });
});
