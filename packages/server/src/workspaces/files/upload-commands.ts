import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { CommandIo, FileCommand } from "../file-work/contract.ts";
import { batchesTo } from "./batched-writer.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { fileError, isSystemError, tellingOf } from "./file-errors.ts";
import { giveBack } from "./give-back.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
const FILE_MODE = 0o644;
const CHUNK = 1 << 20;

/** A staged file that comes in any number of requests; its name outlives the server that made it. */
export interface StagedUpload {
  readonly name: string;
  /** The name its owner knows, for messages. */
  readonly what: string;
}

export interface AppendQuestion extends StagedUpload {
  /** What the file has now, bytes. */
  readonly offset: number;
  /** What it may get, bytes. */
  readonly most: number;
  /** Of the bytes to come, base64. */
  readonly checksum: { readonly algorithm: string; readonly digest: string } | null;
}

/** Makes the empty file. Repeated, it is fine. */
export const beginUpload: FileCommand<StagedUpload, null> = async (folders, { name, what }) => {
  await using staging = await folders.staging();
  await tellingOf(what, async () => {
    const handle = await open(staging.at(name), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
    await handle.close();
    await staging.sync();
  });
  return null;
};

/** How much of it the disk has, bytes; null when there is nothing of that name. */
export const sizeOfUpload: FileCommand<StagedUpload, { readonly size: number } | null> = async (folders, { name }) => {
  await using staging = await folders.staging();
  try {
    await using handle = await openStaged(staging, name, O_RDONLY);
    // A server that was killed wrote more than it had synced. What is told to a client has to be on the disk.
    await handle.sync();
    return { size: (await handle.stat()).size };
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
};

/**
 * Appends the input. What had arrived when the input broke off is kept, and on the disk; nothing is kept of what does
 * not match its checksum, or would be too much.
 * @returns the size then, bytes
 * @throws StoaError conflict (another size than the offset), too_large, checksum_mismatch, disk_full; what the input throws
 */
export const appendUpload: FileCommand<AppendQuestion, { readonly size: number }> = async (folders, question, io) => {
  const { name, what, offset } = question;
  await using staging = await folders.staging();
  await using handle = await tellingOf(what, () => openStaged(staging, name, O_RDWR | O_APPEND));
  const { size } = await handle.stat();
  if (size !== offset) throw otherOffset(size);
  try {
    await appendTo(handle, question, io);
  } catch (error) {
    if (error instanceof StoaError && (error.code === "checksum_mismatch" || error.code === "too_large")) {
      await handle.truncate(offset);
    }
    throw fileError(error, what);
  } finally {
    // On a full disk this may fail as well, and has nothing to add then.
    await handle.sync().catch(() => undefined);
  }
  return { size: (await handle.stat()).size };
};

async function appendTo(handle: FileHandle, question: AppendQuestion, io: CommandIo): Promise<void> {
  const hash = question.checksum === null ? null : createHash(question.checksum.algorithm);
  await using writer = batchesTo(handle);
  let left = question.most;
  try {
    for await (const chunk of io.input) {
      io.signal.throwIfAborted();
      left -= chunk.byteLength;
      if (left < 0) throw new StoaError("too_large", { details: { limit: question.offset + question.most } });
      hash?.update(chunk);
      await writer.add(chunk);
      giveBack(chunk);
    }
  } catch (error) {
    await writer.flush().catch(() => undefined);
    throw error;
  }
  await writer.flush();
  if (hash !== null && hash.digest("base64") !== question.checksum?.digest) {
    throw new StoaError("checksum_mismatch", { details: { what: question.what } });
  }
}

/** SHA-256 of a staged file, hex. */
export const hashUpload: FileCommand<StagedUpload, { readonly sha256: string }> = async (
  folders,
  { name, what },
  io,
) => {
  await using staging = await folders.staging();
  return await tellingOf(what, async () => {
    await using handle = await openStaged(staging, name, O_RDONLY);
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (let at = 0; ; ) {
      io.signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, at);
      if (bytesRead === 0) return { sha256: hash.digest("hex") };
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  });
};

/** The folder is the person's own: a session of theirs may have put anything in the file's place. */
async function openStaged(staging: OpenFolder, name: string, flags: number): Promise<FileHandle> {
  const handle = await open(staging.at(name), flags | O_NOFOLLOW | O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw Object.assign(new Error("not a file"), { code: "ENXIO" });
}

export function otherOffset(size: number): StoaError {
  const problem = `The upload has ${size} bytes, and goes on from there. Ask it with HEAD where it stands`;
  return new StoaError("conflict", { details: { problem } });
}
