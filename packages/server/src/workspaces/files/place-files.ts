import { rename } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walk, walkMaking } from "./descriptor-walk.ts";
import { quoted, tellingOf } from "./file-errors.ts";
import type { StagedFile } from "./staged-file.ts";

/** Where a staged file goes, below the workspace's root. */
export interface Placement {
  readonly parts: readonly string[];
  readonly staged: StagedFile;
  readonly isLink?: true;
}

/**
 * Gives staged files their names, each at once: a reader sees the old file or the new one, whole. All targets
 * are looked at before the first is touched. Returns when the names are on the disk.
 * @throws StoaError conflict (a folder or a link in the way), disk_full
 */
export async function placeFiles(
  root: OpenFolder,
  staging: OpenFolder,
  placements: readonly Placement[],
): Promise<void> {
  for (const { parts } of placements) await refuseFolder(root, parts);
  for (const group of byFolder(placements)) {
    await using folder = await walkMaking(root, group.folder);
    for (const { parts, staged } of group.placements) {
      await tellingOf(parts.join("/"), () => rename(staging.at(staged.name), folder.at(last(parts))));
    }
    await folder.sync();
  }
}

/** Puts staged files in their places in a workspace, as `placeFiles` does. */
export const placeStaged: FileCommand<
  { readonly workspace: number; readonly placements: readonly Placement[] },
  null
> = async (folders, { workspace, placements }) => {
  await using staging = await folders.staging();
  await using root = await folders.workspace(workspace);
  await placeFiles(root, staging, placements);
  return null;
};

/** The first of these places where a folder or a link is in the way; null: nothing is. */
export const firstBlocked: FileCommand<
  { readonly workspace: number; readonly places: readonly (readonly string[])[] },
  number | null
> = async (folders, { workspace, places }) => {
  await using root = await folders.workspace(workspace);
  for (const [index, parts] of places.entries()) {
    try {
      await refuseFolder(root, parts);
    } catch (error) {
      if (error instanceof StoaError && error.code === "conflict") return index;
      throw error;
    }
  }
  return null;
};

/** Looks where a file would go. What is missing on the way will be made. */
async function refuseFolder(root: OpenFolder, parts: readonly string[]): Promise<void> {
  try {
    await using folder = await walk(root, parts.slice(0, -1));
    const there = await folder.stat(last(parts));
    if (there?.isDirectory()) throw isFolder(parts);
  } catch (error) {
    if (!(error instanceof StoaError && error.code === "not_found")) throw error;
  }
}

function isFolder(parts: readonly string[]): StoaError {
  return new StoaError("conflict", {
    details: { problem: `${quoted(parts.join("/"))} is a folder; a file cannot replace it` },
  });
}

function byFolder(placements: readonly Placement[]): { folder: string[]; placements: Placement[] }[] {
  const groups = new Map<string, { folder: string[]; placements: Placement[] }>();
  for (const placement of placements) {
    const folder = placement.parts.slice(0, -1);
    const group = groups.get(folder.join("/"));
    if (group) group.placements.push(placement);
    else groups.set(folder.join("/"), { folder, placements: [placement] });
  }
  return [...groups.values()];
}

export function last(parts: readonly string[]): string {
  return parts[parts.length - 1] ?? "";
}
