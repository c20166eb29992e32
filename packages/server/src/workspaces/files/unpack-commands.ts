import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FileCommand, PersonFolders } from "../file-work/contract.ts";
import { type ArchiveLimits, createArchiveBudget, refuseArchive } from "./archive-rules.ts";
import { openFile } from "./read-file.ts";
import { removeTree } from "./remove-tree.ts";
import { createStagedTree, type StagedTree } from "./staged-tree.ts";
import { unpackTar } from "./unpack-tar.ts";
import { unpackZip } from "./unpack-zip.ts";

/** What an archive became. */
export interface Unpacked {
  readonly files: number;
  /** Of all files. */
  readonly bytes: number;
}

const CHUNK = 256 * 1024;
const FREE_OF_RATIO = 256 * 2 ** 20;
/** Headers of many small files compress better than any contents. */
const ROOM_FOR_HEADERS = 4;
/** Bytes that tell what an archive is. */
const HEAD = 512;

/**
 * Unpacks a tar stream from the input into a new folder in staging. All of it, or nothing stays.
 * @throws StoaError unprocessable, disk_full; what the input throws
 */
export const receiveTar: FileCommand<{ readonly name: string; readonly limits: ArchiveLimits }, Unpacked> = (
  folders,
  { name, limits },
  io,
) =>
  intoTree(folders, name, async (tree) => {
    const counter = { read: 0 };
    const budget = createArchiveBudget(limits, () => counter.read);
    await unpackTar(counting(io.input, counter), tree, budget, limits, io);
    return { files: budget.files, bytes: budget.bytes };
  });

/**
 * Unpacks an archive that lies in a workspace: zip, tar or tar.gz, by what is in it, whatever its name.
 * Its progress counts bytes of the archive.
 * @throws StoaError not_found, conflict (no regular file), unprocessable, disk_full
 */
export const unpackArchive: FileCommand<
  {
    readonly workspace: number;
    readonly parts: readonly string[];
    readonly name: string;
    readonly limits: ArchiveLimits;
  },
  Unpacked
> = async (folders, { workspace, parts, name, limits }, io) => {
  await using root = await folders.workspace(workspace);
  const file = await openFile(root, parts);
  await using handle = file.handle;
  const format = await formatOf(handle);
  return await intoTree(folders, name, async (tree) => {
    const counter = { read: 0 };
    const budget = createArchiveBudget(limits, () => file.stats.size);
    const passed = (bytes: number) => io.progress({ bytes, files: budget.files });
    if (format === "zip") await unpackZip(handle, tree, budget, limits, io, passed);
    else {
      const bytes = counting(chunksOf(handle), counter, passed);
      await unpackTar(format === "gzip" ? bounded(gunzip(bytes), limits, counter) : bytes, tree, budget, limits, io);
    }
    return { files: budget.files, bytes: budget.bytes };
  });
};

async function intoTree(
  folders: PersonFolders,
  name: string,
  work: (tree: StagedTree) => Promise<Unpacked>,
): Promise<Unpacked> {
  await using staging = await folders.staging();
  // Of an earlier attempt.
  await removeTree(staging, name);
  try {
    await using tree = await createStagedTree(staging, name);
    const unpacked = await work(tree);
    await tree.finish();
    return unpacked;
  } catch (error) {
    await removeTree(staging, name).catch(() => undefined);
    throw error;
  }
}

async function formatOf(handle: FileHandle): Promise<"zip" | "gzip" | "tar"> {
  const head = Buffer.alloc(HEAD);
  await handle.read(head, 0, HEAD, 0);
  const start = head.toString("latin1", 0, 4);
  if (start === "PK\x03\x04" || start === "PK\x05\x06") return "zip";
  if (start.startsWith("\x1f\x8b")) return "gzip";
  if (head.toString("latin1", 257, 262) === "ustar") return "tar";
  throw refuseArchive("The file is neither a zip nor a tar nor a tar.gz archive");
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* counting(
  bytes: AsyncIterable<Uint8Array>,
  counter: { read: number },
  passed: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    counter.read += chunk.byteLength;
    passed(counter.read);
    yield chunk;
  }
}

/** Padding and headers count for no file: an archive of nothing but them would keep its worker for hours. */
async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  { ratio }: ArchiveLimits,
  packed: { readonly read: number },
): AsyncGenerator<Uint8Array> {
  let come = 0;
  for await (const chunk of bytes) {
    come += chunk.byteLength;
    if (ratio !== null && come > FREE_OF_RATIO && come > ROOM_FOR_HEADERS * ratio * packed.read) {
      throw refuseArchive(
        `The archive is above ${ROOM_FOR_HEADERS * ratio} times its own size, as only a bomb would be`,
      );
    }
    yield chunk;
  }
}

/** Read no faster than it is asked. @throws zlib's errors, and those of the bytes */
function gunzip(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // What goes wrong is thrown where the bytes are read.
  return pipeline(bytes, createGunzip({ chunkSize: CHUNK }), () => undefined) as AsyncIterable<Uint8Array>;
}
