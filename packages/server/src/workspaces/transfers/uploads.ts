import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, WorkspaceContext } from "../context.ts";
import type { Conflicts } from "../files/place-name.ts";
import { otherOffset } from "../files/upload-commands.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { requireStorage } from "../storage-room/storage-room.ts";
import { discardUpload, finishFile } from "./finish-file.ts";
import type { UploadRow } from "./tables.ts";
import { deleteUpload, findUpload, insertUpload, requireRoomForUpload, stagedName } from "./upload-rows.ts";
import { ended, takeWriter, type WriterLease } from "./writer-lease.ts";

export interface WantedUpload {
  readonly workspaceId: number;
  readonly parts: readonly string[];
  /** Bytes. */
  readonly length: number;
  readonly conflicts: Conflicts;
  /** Of the whole file; null: the client doesn't say. */
  readonly sha256: Buffer | null;
  /** As the client sent it. */
  readonly metadata: string;
}

/** Bytes for an upload, and where they begin. */
export interface IncomingBytes {
  readonly offset: number;
  /** How many; null when they end when they end. */
  readonly length: number | null;
  readonly checksum: { readonly algorithm: string; readonly digest: string } | null;
  readonly input: AsyncIterable<Uint8Array>;
  /** Ends the input: nobody will take the rest of it. */
  cut(): void;
}

/** An upload, and how many of its bytes are on the disk. */
export interface UploadStanding {
  readonly row: UploadRow;
  readonly offset: number;
}

/**
 * Begins an upload. An empty file is complete at once.
 * @throws StoaError not_found (workspace), too_large, conflict (too many open, the name is taken), disk_full
 */
export async function beginUpload(
  context: WorkspaceContext,
  caller: Caller,
  wanted: WantedUpload,
): Promise<UploadStanding> {
  const { workspaceId, parts, conflicts, length } = wanted;
  const { uploadBytes, openUploadsPerPerson } = context.config.limits;
  await requireOwn(context, caller.accountId, workspaceId);
  if (length > uploadBytes) throw new StoaError("too_large", { details: { limit: uploadBytes } });
  await requireRoomForUpload(context.db, caller.accountId, openUploadsPerPerson);
  await context.files.run(caller.accountId, "checkPlace", { workspace: workspaceId, parts, conflicts });
  await requireStorage(context, caller.accountId, length);
  const row = await insertUpload(context, caller, wanted);
  try {
    await context.files.run(caller.accountId, "beginUpload", { name: stagedName(row), what: row.path });
  } catch (error) {
    await deleteUpload(context.db, row.id);
    throw error;
  }
  return length > 0 ? { row, offset: 0 } : { row: await finishWhole(context, row), offset: 0 };
}

/**
 * Appends bytes. The last of them give the file its name, before the answer. Of an input that breaks off, what came is
 * kept.
 * @throws StoaError not_found, locked, gone, conflict (another offset; the name is taken), too_large, checksum_mismatch, disk_full
 */
export async function receiveBytes(
  context: WorkspaceContext,
  row: UploadRow,
  bytes: IncomingBytes,
): Promise<UploadStanding> {
  const length = row.length ?? 0;
  if (row.state === "failed") throw ended(row);
  if (row.state === "done") throw otherOffset(length);
  const most = length - bytes.offset;
  if (bytes.offset > length || (bytes.length ?? 0) > most) {
    throw new StoaError("too_large", { details: { limit: length } });
  }
  return asWriter(context, row, async (lease) => {
    const question = { name: stagedName(row), what: row.path, offset: bytes.offset, most, checksum: bytes.checksum };
    const io = { input: bytes.input, signal: lease.signal };
    // A client that sends nothing would hold up whoever waits for its next byte.
    lease.signal.addEventListener("abort", () => bytes.cut(), { once: true });
    const { size } = await context.files.run(row.owner_id, "appendUpload", question, io);
    if (size < length) return { row: lease.row, offset: size };
    return { row: await finishFile(context, lease.row, lease.signal), offset: length };
  });
}

/**
 * Where an upload stands. One whose last bytes came just before the server was killed gets its name now.
 * @throws StoaError gone (it has failed)
 */
export async function standingOf(context: WorkspaceContext, row: UploadRow): Promise<UploadStanding> {
  if (row.state === "failed") throw ended(row);
  if (row.state === "done") return { row, offset: row.length ?? 0 };
  const found = await context.files.run(row.owner_id, "sizeOfUpload", { name: stagedName(row), what: row.path });
  if (row.state === "placing" || (found !== null && found.size >= (row.length ?? 0))) {
    const finished = await finishWhole(context, row);
    return { row: finished, offset: finished.length ?? 0 };
  }
  if (found === null) throw ended({ problem: "its bytes are gone." });
  return { row, offset: found.size };
}

/** @throws StoaError locked, and as `finishFile` does */
export async function finishWhole(context: WorkspaceContext, row: UploadRow): Promise<UploadRow> {
  const { row: finished } = await asWriter(context, row, async (lease) => ({
    row: await finishFile(context, lease.row, lease.signal),
    offset: row.length ?? 0,
  }));
  return finished;
}

/** Gives an upload up. @throws StoaError locked (a request writes to it) */
export async function endUpload(context: WorkspaceContext, row: UploadRow): Promise<void> {
  if (row.state === "receiving" || row.state === "placing") {
    const lease = await takeWriter(context.db, row.id);
    await discardUpload(context, row);
    await lease.release(null, context.config.limits.uploadIdleSeconds);
  }
  await deleteUpload(context.db, row.id);
}

async function asWriter(
  context: WorkspaceContext,
  row: UploadRow,
  work: (lease: WriterLease) => Promise<UploadStanding>,
): Promise<UploadStanding> {
  const lease = await takeWriter(context.db, row.id);
  let received: number | null = null;
  try {
    const standing = await work(lease);
    received = standing.offset;
    return standing;
  } finally {
    await lease.release(received, context.config.limits.uploadIdleSeconds).catch((error: unknown) => {
      // It runs out by itself.
      context.log.warn({ err: error, upload: row.id }, "the right to write to an upload was not given back");
    });
  }
}

/** @throws StoaError not_found */
export async function requireUpload(
  context: WorkspaceContext,
  caller: Caller,
  workspaceId: number,
  id: string,
): Promise<UploadRow> {
  await requireOwn(context, caller.accountId, workspaceId);
  return findUpload(context.db, caller.accountId, workspaceId, id);
}
