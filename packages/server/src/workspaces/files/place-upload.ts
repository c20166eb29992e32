import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { walk, walkMaking } from "./descriptor-walk.ts";
import { tellingOf } from "./file-errors.ts";
import { last } from "./place-files.ts";
import { type Conflicts, isNewer, placeFile, taken } from "./place-name.ts";

export interface UploadPlace {
  readonly workspace: number;
  readonly parts: readonly string[];
  readonly conflicts: Conflicts;
}

/**
 * Gives a staged upload its name in the workspace.
 * @param keepNewerThan milliseconds since 1970: what has changed since is not replaced
 * @returns where it is now; null when nothing is staged under that name, as after a repetition
 * @throws StoaError conflict, disk_full
 */
export const placeUpload: FileCommand<
  UploadPlace & { readonly name: string; readonly keepNewerThan?: number },
  { parts: string[] } | null
> = async (folders, { workspace, parts, conflicts, name, keepNewerThan }) => {
  await using staging = await folders.staging();
  if ((await staging.stat(name)) === null) return null;
  await using root = await folders.workspace(workspace);
  await using folder = await walkMaking(root, parts.slice(0, -1));
  const there = keepNewerThan !== undefined && conflicts === "replace" ? await folder.stat(last(parts)) : null;
  if (isNewer(there, keepNewerThan)) throw taken(parts.join("/"), "changed since the upload was to replace it");
  const given = await tellingOf(parts.join("/"), () => placeFile(staging, name, folder, last(parts), conflicts));
  await folder.sync();
  await staging.sync();
  return { parts: [...parts.slice(0, -1), given] };
};

/**
 * Looks before the bytes come whether they could get their place as things are now.
 * @throws StoaError conflict
 */
export const checkPlace: FileCommand<UploadPlace, null> = async (folders, { workspace, parts, conflicts }) => {
  await using root = await folders.workspace(workspace);
  try {
    await using folder = await walk(root, parts.slice(0, -1));
    const there = await folder.stat(last(parts));
    if (there === null || conflicts === "keep_both") return null;
    if (there.isDirectory()) throw taken(parts.join("/"), "a folder, which a file cannot replace");
    if (conflicts === "refuse") throw taken(parts.join("/"), "there already");
  } catch (error) {
    if (!(error instanceof StoaError && error.code === "not_found")) throw error;
  }
  return null;
};
