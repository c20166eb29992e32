import type { ArchiveBudget } from "./archive-rules.ts";
import { refuseEntry } from "./archive-rules.ts";
import { fileError, isSystemError } from "./file-errors.ts";
import { SMALL, type StagedTree } from "./staged-tree.ts";

/** A file in an archive, about to be written. */
export interface IncomingEntry {
  /** As the archive has it, for messages. */
  readonly name: string;
  readonly parts: readonly string[];
  /** Bytes, as the archive says; it may be wrong. */
  readonly size: number;
  readonly isProgram: boolean;
}

/** Writes one file of an archive into the tree. @throws StoaError unprocessable, disk_full; what the bytes throw */
export async function unpackFile(
  tree: StagedTree,
  budget: ArchiveBudget,
  entry: IncomingEntry,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { name, parts, isProgram } = entry;
  if (parts.length === 0) throw refuseEntry(name, "has no name");
  const take = (chunk: Uint8Array) => budget.take(name, chunk.byteLength);
  const contents = entry.size <= SMALL ? await gather(bytes, take) : counted(bytes, take);
  await tree.file(parts, contents, isProgram, (error) => tellEntry(error, name));
}

/** Makes one folder of it. */
export async function unpackFolder(tree: StagedTree, name: string, parts: readonly string[]): Promise<void> {
  await tree.folder(parts).catch((error: unknown) => {
    throw tellEntry(error, name);
  });
}

function tellEntry(error: unknown, name: string): unknown {
  if (isSystemError(error, "EEXIST")) {
    return refuseEntry(name, "is there twice (or differs by case only, which this disk does not see)", error);
  }
  if (isSystemError(error, "ENOTDIR", "EISDIR", "ELOOP"))
    return refuseEntry(name, "is both a file and a folder", error);
  return fileError(error, name);
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    take(chunk);
    yield chunk;
  }
}

/** What says that it is small and isn't is cut by the budget, or by its archive's reader, which holds it to its word. */
async function gather(bytes: AsyncIterable<Uint8Array>, take: (chunk: Uint8Array) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) {
    take(chunk);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
