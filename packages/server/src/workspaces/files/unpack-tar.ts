import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { type ExtractEvents, extract, type Header } from "tar-stream";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { CommandIo } from "../file-work/contract.ts";
import { type ArchiveBudget, type ArchiveLimits, entryParts, refuseArchive, refuseEntry } from "./archive-rules.ts";
import type { StagedTree } from "./staged-tree.ts";
import { unpackFile, unpackFolder } from "./unpack-entry.ts";

const links: Readonly<Record<string, string>> = {
  link: "is a hard link",
  symlink: "is a symbolic link",
  "character-device": "is a device",
  "block-device": "is a device",
  fifo: "is a FIFO",
};

type TarEntry = ExtractEvents["entry"][1];

/**
 * Unpacks a tar stream into a tree. The first entry that can't be taken ends it.
 * @throws StoaError unprocessable, disk_full; what the source throws
 */
export async function unpackTar(
  source: AsyncIterable<Uint8Array>,
  tree: StagedTree,
  budget: ArchiveBudget,
  limits: ArchiveLimits,
  io: Pick<CommandIo, "signal">,
): Promise<void> {
  // Names as bytes, one to a character: their encoding is looked at below. The types forgot the option.
  const entries = extract({ filenameEncoding: "latin1" } as object);
  const bytes = Readable.from(source, { objectMode: true, highWaterMark: 4 });
  let cutOff: unknown;
  bytes.once("error", (error) => {
    cutOff = error;
    entries.destroy(error instanceof Error ? error : null);
  });
  try {
    bytes.pipe(entries as unknown as NodeJS.WritableStream);
    for await (const entry of entries) {
      io.signal.throwIfAborted();
      await unpackOne(entry, tree, budget, limits);
    }
  } catch (error) {
    if (cutOff !== undefined && !isCompression(cutOff)) throw cutOff;
    const failure = cutOff ?? error;
    throw isOurs(failure) ? failure : refuseArchive(`The tar archive is damaged, or none: ${sayOf(failure)}`, failure);
  } finally {
    bytes.destroy();
  }
}

async function unpackOne(
  entry: TarEntry,
  tree: StagedTree,
  budget: ArchiveBudget,
  limits: ArchiveLimits,
): Promise<void> {
  const name = nameOf(entry.header);
  const type = entry.header.type ?? "unknown";
  const isFile = type === "file" || type === "contiguous-file";
  if (!isFile && type !== "directory") throw refuseEntry(name, links[type] ?? "is of a kind that is not known here");
  if (isSparse(entry.header)) throw refuseEntry(name, "is a file with holes, packed in a way that is not known here");
  budget.entry(name, isFile);
  const parts = entryParts(name, limits);
  if (!isFile) {
    entry.resume();
    return unpackFolder(tree, name, parts);
  }
  const { size = 0, mode = 0 } = entry.header;
  await unpackFile(
    tree,
    budget,
    { name, parts, size, isProgram: (mode & 0o100) !== 0 },
    entry as AsyncIterable<Uint8Array>,
  );
}

/** The extended header's names are UTF-8 by its standard; the plain ones are whatever the packing system had. */
function nameOf(header: Header): string {
  const path: unknown = header.pax && Reflect.get(header.pax, "path");
  if (typeof path === "string") {
    if (path.includes("\ufffd")) throw refuseEntry(path, "has a name that is not valid UTF-8");
    return path;
  }
  const bytes = Buffer.from(header.name, "latin1");
  if (!isUtf8(bytes)) throw refuseEntry(header.name, "has a name that is not valid UTF-8");
  return bytes.toString();
}

/** Its bytes are a list of pieces and the pieces (`tar -S`): written as they come, they would be another file. */
function isSparse({ pax }: Header): boolean {
  return Object.keys(pax ?? {}).some((key) => key.startsWith("GNU.sparse."));
}

/** zlib's word: the bytes came, and are no gzip. */
function isCompression(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

/** Told by us, by the disk or by whoever stopped it: not a matter of the archive. */
function isOurs(error: unknown): boolean {
  if (error instanceof StoaError) return true;
  return error instanceof Error && ("syscall" in error || error.name === "AbortError" || error.name === "TimeoutError");
}

function sayOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : "it cannot be read";
}
