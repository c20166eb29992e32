import { readFile, utimes, writeFile } from "node:fs/promises";
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
    const past = new Date(Date.now() - 60_000);
    await utimes(file(), past, past);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory.path)));
    expect(tries.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  });

  test("held in another container on the same volume: only its age tells", async () => {
    await lockDirectory(directory.path);
    await alter({ world: "another kernel pid:[1]", host: "elsewhere" });
    // The holder above still touches the file, as the one elsewhere would.
    await expect(lockDirectory(directory.path, 2_500)).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining("on elsewhere"),
    });
  });

  test("left by a container that is gone: taken over when it has not been touched for long enough", async () => {
    await writeFile(file(), JSON.stringify({ pid: 1, startTime: "5", world: "another", host: "elsewhere" }));
    await (await lockDirectory(directory.path, 500)).release();
  });
});
