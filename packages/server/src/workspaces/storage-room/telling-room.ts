import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileWork } from "../file-work/contract.ts";
import { StorageFull } from "./storage-full.ts";
import { type StorageRoom, storageFull } from "./storage-room.ts";

/** Free on the disk, below which it is the disk that is full. */
const DISK_HAS_ROOM = 16 * 2 ** 20;

/**
 * File work that says whose fault a full disk is: the kernel has refused somebody's own quota by EDQUOT, and on some
 * file systems by the same ENOSPC as a full disk.
 */
export function tellingRoom(files: FileWork, room: StorageRoom): FileWork {
  const explain = (accountId: number) => async (error: unknown) => {
    throw await told(error, accountId, room);
  };
  return {
    ...files,
    run: (accountId, name, args, io) => files.run(accountId, name, args, io).catch(explain(accountId)),
    open: (accountId, name, args, io) => files.open(accountId, name, args, io).catch(explain(accountId)),
  };
}

async function told(error: unknown, accountId: number, room: StorageRoom): Promise<unknown> {
  if (!(error instanceof StoaError) || error.code !== "disk_full" || error instanceof StorageFull) return error;
  const now = await room.of(accountId);
  if (now === null) return error;
  // The figure is behind what the kernel has just said.
  room.recount(accountId);
  const isQuota = error.details.reason === "quota" || (now.enforced && (now.diskFree ?? 0) > DISK_HAS_ROOM);
  return isQuota ? storageFull({ room }, accountId, null) : error;
}
