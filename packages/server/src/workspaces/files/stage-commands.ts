import type { FileCommand } from "../file-work/contract.ts";
import { piecesOf } from "./pieces.ts";
import { removeTree } from "./remove-tree.ts";
import { discard, type StagedFile, stageFile } from "./staged-file.ts";

export interface UploadQuestion {
  /** The name its owner knows, for messages. */
  readonly what: string;
  /** Bytes that the whole request may bring, for messages, and those still left of them. */
  readonly limit: number;
  readonly left: number;
}

/**
 * Writes the input to a new name in the staging folder and waits until the disk has it.
 * @throws StoaError too_large, disk_full; what the input throws
 */
export const stageUpload: FileCommand<UploadQuestion, StagedFile> = async (folders, { what, limit, left }, io) => {
  await using staging = await folders.staging();
  return await stageFile(staging, folders.stagingMark, io.input, { limit, left }, what);
};

/**
 * The same for several files whose bytes follow one another in the input. All, or none.
 * @throws StoaError disk_full; what the input throws
 */
export const stageFiles: FileCommand<
  { readonly files: readonly { readonly what: string; readonly size: number }[] },
  StagedFile[]
> = async (folders, { files }, io) => {
  await using staging = await folders.staging();
  const staged: StagedFile[] = [];
  try {
    await using pieces = piecesOf(io.input);
    for (const { what, size } of files) {
      const budget = { limit: size, left: size };
      staged.push(await stageFile(staging, folders.stagingMark, pieces.next(size), budget, what));
    }
  } catch (error) {
    for (const { name } of staged) await discard(staging, name);
    throw error;
  }
  return staged;
};

/** Removes what was staged and is not wanted any more; what got its place is not here, and fine. */
export const discardStaged: FileCommand<{ readonly names: readonly string[] }, null> = async (folders, { names }) => {
  await using staging = await folders.staging();
  for (const name of names) await removeTree(staging, name);
  return null;
};
