import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { PersonFolders } from "../file-work/contract.ts";
import { boundsOf, openStorage } from "./storage-folder.ts";

const directory = mkdtempSync(join(tmpdir(), "stoa-storage-folder-"));
mkdirSync(join(directory, "workspaces"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it.each<[string, unknown, unknown]>([
  ["a full disk, as the system says it", Object.assign(new Error("full"), { code: "EDQUOT" }), null],
  ["a full disk, as it was told already", new StoaError("disk_full", {}), null],
  ["what is not theirs to read", new StoaError("unavailable", { details: { what: "The trash" } }), "unavailable"],
])("a trash that can't be made is none; %s", async (_what, failure, refusal) => {
  mkdirSync(join(directory, "workspaces"), { recursive: true });
  const folders = {
    account: () => openStorage(join(directory, "workspaces")),
    trash: () => Promise.reject(failure),
  } as unknown as PersonFolders;
  await using storage = await openStorage(directory);
  const bounds = boundsOf(folders, storage);
  if (refusal !== null) await expect(bounds).rejects.toMatchObject({ code: refusal });
  else expect((await bounds).held).toEqual(new Set([statSync(join(directory, "workspaces")).ino]));
});
