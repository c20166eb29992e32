import { symlink } from "node:fs/promises";
import type { FileCommand } from "../file-work/contract.ts";
import { tellingOf } from "./file-errors.ts";
import { findBelowRoots } from "./follow-links.ts";
import { discard, type StagedFile, stagingName } from "./staged-file.ts";

/**
 * Where links to these are to lead: absolute, below one of the roots. Relative ones are looked for below each.
 * @returns in their order; null: there is nothing of that path, or none below a root
 */
export const findLinkTargets: FileCommand<{ readonly paths: readonly string[] }, (string | null)[]> = async (
  folders,
  { paths },
) => {
  const found: (string | null)[] = [];
  for (const path of paths) found.push(await findBelowRoots(folders.symlinkRoots, path));
  return found;
};

/** Makes links under staged names, to be placed as files are. All, or none. */
export const stageLinks: FileCommand<{ readonly targets: readonly string[] }, StagedFile[]> = async (
  folders,
  { targets },
) => {
  await using staging = await folders.staging();
  const staged: StagedFile[] = [];
  try {
    for (const target of targets) {
      const name = stagingName(folders.stagingMark);
      await tellingOf({ ours: "the link" }, () => symlink(target, staging.at(name)));
      staged.push({ name, size: 0 });
    }
  } catch (error) {
    for (const { name } of staged) await discard(staging, name);
    throw error;
  }
  return staged;
};
