import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { CommandIo } from "../file-work/contract.ts";
import { type ArchiveBudget, type ArchiveLimits, entryParts, refuseArchive, refuseEntry } from "./archive-rules.ts";
import { SMALL, type StagedTree } from "./staged-tree.ts";
import { unpackFile, unpackFolder } from "./unpack-entry.ts";
import { NearReads, readSmallEntry, ZipSource } from "./zip-source.ts";

const NAMES_ARE_UTF8 = 0x800;
/** The upper byte of "version made by". */
const MADE_ON_DOS = 0;
const TYPE = 0o170000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;

/**
 * Unpacks a zip into a tree, as its central directory has it: not by looking for headers, of which a hostile archive
 * has others. An archive in it stays an archive.
 * @param passed told how many bytes of the zip are done
 * @throws StoaError unprocessable, disk_full
 */
export async function unpackZip(
  handle: FileHandle,
  tree: StagedTree,
  budget: ArchiveBudget,
  limits: ArchiveLimits,
  io: Pick<CommandIo, "signal">,
  passed: (bytes: number) => void,
): Promise<void> {
  const { size } = await handle.stat();
  const options = { autoClose: false, decodeStrings: false };
  const zip = await tellingZip(() => fromRandomAccessReaderPromise(new ZipSource(handle), size, options));
  if (zip.entryCount > limits.entries) {
    throw refuseArchive(`The archive has ${zip.entryCount} entries, and ${limits.entries} are allowed`);
  }
  const entries = zip.eachEntry();
  const open: OpenZip = { zip, data: new NearReads(handle) };
  let bytes = 0;
  for (;;) {
    io.signal.throwIfAborted();
    const next = await tellingZip(() => entries.next());
    if (next.done) return;
    await unpackOne(open, next.value, tree, budget, limits);
    bytes += next.value.compressedSize;
    passed(bytes);
  }
}

interface OpenZip {
  readonly zip: ZipFile;
  readonly data: NearReads;
}

async function unpackOne(
  open: OpenZip,
  entry: Entry,
  tree: StagedTree,
  budget: ArchiveBudget,
  limits: ArchiveLimits,
): Promise<void> {
  const name = nameOf(entry);
  const mode = entry.externalFileAttributes >>> 16;
  const isFolder = name.endsWith("/");
  const why = refusalOf(entry, mode & TYPE, isFolder);
  if (why !== null) throw refuseEntry(name, why);
  budget.entry(name, !isFolder);
  const parts = entryParts(name, limits);
  if (isFolder) return unpackFolder(tree, name, parts);
  const file = { name, parts, size: entry.uncompressedSize, isProgram: (mode & 0o100) !== 0 };
  await unpackFile(tree, budget, file, contentsOf(open, entry, name));
}

function refusalOf(entry: Entry, type: number, isFolder: boolean): string | null {
  if (entry.isEncrypted()) return "is encrypted";
  if (type === LINK) return "is a symbolic link";
  if (type !== 0 && type !== FILE && type !== FOLDER) return "is a device or another special file";
  if (!isFolder && !entry.canDecodeFileData())
    return `is compressed by method ${entry.compressionMethod}, which is not known here`;
  return null;
}

/** Held to the size and the checksum that the archive names. */
async function* contentsOf(open: OpenZip, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  let sum = 0;
  try {
    for await (const chunk of bytesOf(open, entry)) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof StoaError || (error instanceof Error && "syscall" in error)) throw error;
    throw refuseEntry(name, `is damaged: ${error instanceof Error ? error.message : "it cannot be read"}`, error);
  }
  if (sum !== entry.crc32) throw refuseEntry(name, "is damaged: its checksum does not match");
}

async function* bytesOf({ zip, data }: OpenZip, entry: Entry): AsyncGenerator<Uint8Array> {
  if (entry.compressedSize <= SMALL && entry.uncompressedSize <= SMALL) yield await readSmallEntry(data, entry);
  else yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
}

/**
 * The name as text. Without the flag for UTF-8 the standard says code page 437; yet what is valid UTF-8 beyond ASCII
 * was meant so by the many that forget the flag, and hardly ever is anything else.
 */
function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const flagged = (entry.generalPurposeBitFlag & NAMES_ARE_UTF8) !== 0;
  if (flagged && !isUtf8(raw))
    throw refuseEntry(raw.toString("latin1"), "says that its name is UTF-8, which it is not");
  const flags = isUtf8(raw) ? entry.generalPurposeBitFlag | NAMES_ARE_UTF8 : entry.generalPurposeBitFlag;
  // Elsewhere than on DOS and Windows a backslash is a letter like any other.
  const isStrict = entry.versionMadeBy >> 8 !== MADE_ON_DOS;
  return getFileNameLowLevel(flags, raw, entry.extraFields, isStrict);
}

async function tellingZip<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoaError || (error instanceof Error && "syscall" in error)) throw error;
    const why = error instanceof Error ? error.message.replace(/\.$/, "") : "it cannot be read";
    throw refuseArchive(`The zip archive is damaged, or none: ${why}`, error);
  }
}
