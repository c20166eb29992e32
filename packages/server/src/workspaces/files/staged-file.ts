import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { batchesTo } from "./batched-writer.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";
import { giveBack } from "./give-back.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
const FILE_MODE = 0o644;

/** Anything that yields bytes, each chunk for whoever takes it to keep or free; read no faster than the disk takes them. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A file that is whole and on the disk, under a name nobody sees yet. */
export interface StagedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Counts what one request may still write. */
export interface ByteBudget {
  readonly limit: number;
  left: number;
}

/**
 * Writes `source` to a new name in the staging folder and waits until the disk has it. On any failure, the
 * source's included, nothing stays.
 * @param what the name its owner knows, for messages
 * @throws StoaError too_large, disk_full; what the source throws
 */
export async function stageFile(
  staging: OpenFolder,
  mark: string,
  source: ByteSource,
  budget: ByteBudget,
  what: string,
): Promise<StagedFile> {
  const name = stagingName(mark);
  const size = await tellingOf(what, () => writeNew(staging, name, source, budget)).catch(async (error: unknown) => {
    await discard(staging, name);
    throw error;
  });
  return { name, size };
}

/** A name that collides with none and says whose leftover it is. */
export function stagingName(mark: string): string {
  return `${mark}-${randomUUID()}`;
}

/** Writes a new file; the name must not exist. Returns its size, bytes. */
export async function writeNew(
  folder: OpenFolder,
  name: string,
  source: ByteSource,
  budget: ByteBudget,
): Promise<number> {
  await using handle = await open(folder.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  await using writer = batchesTo(handle);
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    budget.left -= chunk.byteLength;
    if (budget.left < 0) throw new StoaError("too_large", { details: { limit: budget.limit } });
    await writer.add(chunk);
    giveBack(chunk);
  }
  await writer.flush();
  await handle.sync();
  return size;
}

/** Removes a staged file that is not wanted any more. */
export async function discard(staging: OpenFolder, name: string): Promise<void> {
  await unlink(staging.at(name)).catch((error: unknown) => {
    if (!isSystemError(error, "ENOENT")) throw error;
  });
}
