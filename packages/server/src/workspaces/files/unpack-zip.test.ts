import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { makeZip } from "../transfers/testing-archives.ts";
import { createArchiveBudget } from "./archive-rules.ts";
import type { StagedTree } from "./staged-tree.ts";
import { createTestFolder } from "./testing-folder.ts";
import { unpackZip } from "./unpack-zip.ts";

it("takes 65,536 entries, one more than the plain format can count", async () => {
  await using home = await createTestFolder();
  const file = path.join(home.path, "many.zip");
  const entries = Array.from({ length: 65_536 }, (_, index) => ({
    name: `${index}`,
    content: String(index),
    // Stored as it is: each deflated one would hold 16 KiB until the archive is whole.
    method: 0,
  }));
  await writeFile(file, makeZip(entries));
  await using handle = await open(file);
  const limits = { entries: 65_536, bytes: 1 << 20, ratio: 200, depth: 10, pathBytes: 100 };
  const budget = createArchiveBudget(limits, () => 1 << 20);
  let sum = 0;
  const tree: StagedTree = {
    folder: async () => undefined,
    file: async ([name = ""], bytes) => {
      expect(Buffer.from(bytes as Uint8Array).toString()).toBe(name);
      sum += Number(name);
    },
    finish: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const io = { signal: new AbortController().signal };
  await unpackZip(handle, tree, budget, limits, io, () => undefined);
  expect(sum).toBe((65_536 * 65_535) / 2);
  await expect(unpackZip(handle, tree, budget, { ...limits, entries: 65_535 }, io, () => undefined)).rejects.toThrow(
    "65536 entries, and 65535 are allowed",
  );
}, 60_000);
