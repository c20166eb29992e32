import { mkdir, rename, symlink } from "node:fs/promises";
import type { CommandIo, FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walkMaking } from "./descriptor-walk.ts";
import { WORKSPACE_MODE } from "./directories.ts";
import { fileError, isSystemError, tellingOf } from "./file-errors.ts";
import { type Pieces, piecesOf } from "./pieces.ts";
import { last } from "./place-files.ts";
import { removeTree } from "./remove-tree.ts";
import { stagingName, writeNew } from "./staged-file.ts";

/** A file of a workspace to be; its bytes follow those of the one before in the input. */
export interface NewFile {
  /** The name its owner knows. */
  readonly what: string;
  readonly parts: readonly string[];
  /** Bytes. */
  readonly size: number;
}

/** A link of a workspace to be. */
export interface NewLink {
  readonly parts: readonly string[];
  /** Absolute, below one of the roots. */
  readonly target: string;
}

/**
 * Writes a workspace's folder under a staged name. When it returns, all of it is on the disk; when it throws,
 * nothing stays.
 * @throws StoaError disk_full, conflict (a file in the place of a folder)
 */
export const stageWorkspace: FileCommand<
  { readonly files: readonly NewFile[]; readonly links?: readonly NewLink[] },
  { readonly name: string; readonly bytes: number }
> = async (folders, { files, links = [] }, io) => {
  await using staging = await folders.staging();
  const name = stagingName(folders.stagingMark);
  try {
    await tellingOf({ ours: "the workspace" }, () => mkdir(staging.at(name), { mode: WORKSPACE_MODE }));
    await using root = await staging.folder(name);
    const bytes = await fill(root, files, io);
    for (const link of links) await makeLink(root, link);
    await root.sync();
    return { name, bytes };
  } catch (error) {
    await removeTree(staging, name);
    throw error;
  }
};

async function fill(root: OpenFolder, files: readonly NewFile[], io: CommandIo): Promise<number> {
  await using pieces = piecesOf(io.input);
  let bytes = 0;
  for (const file of files) bytes += await writeFile(root, file, pieces);
  return bytes;
}

async function makeLink(root: OpenFolder, { parts, target }: NewLink): Promise<void> {
  await using folder = await walkMaking(root, parts.slice(0, -1));
  await tellingOf(parts.join("/"), () => symlink(target, folder.at(last(parts))));
  await folder.sync();
}

async function writeFile(root: OpenFolder, { what, parts, size }: NewFile, pieces: Pieces): Promise<number> {
  await using folder = await walkMaking(root, parts.slice(0, -1));
  const budget = { limit: size, left: size };
  await tellingOf(what, () => writeNew(folder, last(parts), pieces.next(size), budget));
  await folder.sync();
  return size;
}

/**
 * Gives a staged folder its name as a workspace.
 * @returns what stood there was moved to this name: a folder of another database's workspace (the data directory
 * outlived it), kept out of the way. Null: nothing did.
 */
export const nameWorkspace: FileCommand<
  { readonly staged: string; readonly workspace: number },
  { readonly aside: string | null }
> = async (folders, { staged, workspace }) => {
  await using staging = await folders.staging();
  await using account = await folders.account();
  const target = account.at(String(workspace));
  let aside: string | null = null;
  const move = () => rename(staging.at(staged), target);
  try {
    await move();
  } catch (error) {
    if (!isSystemError(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) throw fileError(error, { ours: "the workspace" });
    aside = `.unclaimed-${workspace}-${Date.now()}`;
    await rename(target, account.at(aside));
    await move();
  }
  await account.sync();
  return { aside };
};
