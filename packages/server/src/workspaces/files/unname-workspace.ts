import { rename } from "node:fs/promises";
import type { FileCommand } from "../file-work/contract.ts";
import { fileError, isSystemError } from "./file-errors.ts";
import { stagingName } from "./staged-file.ts";

/**
 * Takes a workspace's folder away from its name, at once and whole, for `discardStaged` to remove.
 * @returns its staged name; null: there was none
 */
export const unnameWorkspace: FileCommand<{ readonly workspace: number }, { readonly staged: string | null }> = async (
  folders,
  { workspace },
) => {
  await using staging = await folders.staging();
  await using account = await folders.account();
  const name = String(workspace);
  const staged = stagingName(folders.stagingMark);
  const move = () => rename(account.at(name), staging.at(staged));
  try {
    await move().catch(async (error: unknown) => {
      // A session may have closed it.
      if (!isSystemError(error, "EACCES")) throw error;
      await account.unlock(name);
      await move();
    });
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return { staged: null };
    throw fileError(error, { ours: "the workspace" });
  }
  await account.sync();
  return { staged };
};
