import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { OpenFolder } from "./descriptor-walk.ts";
import { stageFile } from "./staged-file.ts";
import { createTestFolder } from "./testing-folder.ts";

const budget = (limit: number) => ({ limit, left: limit });
const megabytes = function* (count: number) {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(1 << 20, index);
};

it("stages a whole file and counts its bytes", async () => {
  await using test = await createTestFolder();
  const staged = await stageFile(test.folder, "mark", megabytes(3), budget(3 << 20), "x");
  expect(staged.size).toBe(3 << 20);
  expect((await test.folder.stat(staged.name))?.size).toBe(3 << 20);
  expect(staged.name).toMatch(/^mark-/);
});

it("leaves nothing of a file that is too large, or whose source fails", async () => {
  await using test = await createTestFolder();
  const over = stageFile(test.folder, "m", megabytes(2), budget((2 << 20) - 1), "x");
  await expect(over).rejects.toMatchObject({ code: "too_large", details: { limit: (2 << 20) - 1 } });
  const failing = (async function* () {
    yield Buffer.alloc(10);
    throw new Error("cut off");
  })();
  await expect(stageFile(test.folder, "m", failing, budget(99), "x")).rejects.toThrow("cut off");
  expect(await readdir(test.path)).toEqual([]);
});

it.runIf(process.getuid?.() === 0)("leaves nothing when the disk is full", async () => {
  await using test = await createTestFolder();
  const small = path.join(test.path, "small");
  await mkdir(small);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
  try {
    await using folder = await OpenFolder.trusted(small);
    await expect(stageFile(folder, "m", megabytes(3), budget(9 << 20), "big.bin")).rejects.toMatchObject({
      code: "disk_full",
      message: "There is no room left for big.bin. Nothing was written.",
    });
    expect(await readdir(small)).toEqual([]);
    expect((await stageFile(folder, "m", [Buffer.alloc(1000)], budget(9 << 20), "x")).size).toBe(1000);
  } finally {
    execFileSync("umount", [small]);
  }
});

it("leaves nothing when a limit of the system stops the file", async () => {
  await using test = await createTestFolder();
  const script = `
    import { OpenFolder } from ${JSON.stringify(path.join(import.meta.dirname, "descriptor-walk.ts"))};
    import { stageFile } from ${JSON.stringify(path.join(import.meta.dirname, "staged-file.ts"))};
    const folder = await OpenFolder.trusted(process.argv[1]);
    const chunks = Array.from({ length: 8 }, () => Buffer.alloc(100_000));
    const error = await stageFile(folder, "m", chunks, { limit: 1e9, left: 1e9 }, "big.bin").catch((error) => error);
    console.log(error.code);`;
  // 512 KiB at most for a file; the signal that would come with it is ignored, as by any server.
  const limited = 'trap "" XFSZ; ulimit -f 512; exec "$0" --input-type=module -e "$1" "$2"';
  const done = spawnSync("bash", ["-c", limited, process.execPath, script, test.path], { encoding: "utf8" });
  expect(done.stdout.trim(), done.stderr).toBe("disk_full");
  expect(await readdir(test.path)).toEqual([]);
});
