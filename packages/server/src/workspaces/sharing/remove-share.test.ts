import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import type { OperationRun } from "../../platform/operations/contract.ts";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "../files/directories.ts";
import { removeFolder } from "./remove-share.ts";

it("leaves no files of a share when the commit that took their folder's name is lost", async () => {
  const home = await mkdtemp(path.join(tmpdir(), "stoa-remove-share-"));
  try {
    const directories = createDirectories(home, "node");
    const files = createInProcessFileWork({ directories, symlinkRoots: [] });
    const folder = directories.workspacePath(5, 77);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "a.txt"), "A");
    const step = (async (_text, work) => {
      await work(undefined as never);
      throw new Error("the connection was cut at the commit");
    }) satisfies OperationRun["step"];
    await expect(removeFolder({ files }, { step }, { id: 77, receiver_id: 5 })).rejects.toThrow("at the commit");
    const account = path.dirname(folder);
    expect(readdirSync(account)).toEqual([".staging"]);
    expect(readdirSync(path.join(account, ".staging"))).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
