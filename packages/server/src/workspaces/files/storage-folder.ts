import { constants, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { PersonFolders } from "../file-work/contract.ts";
import { OpenFolder } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";
import { mountOf, mountsBelow } from "./mounts.ts";

/** Names at the top of somebody's storage that are none of theirs: the trash and copies under way, ZFS's snapshots. */
export const RESERVED: ReadonlySet<string> = new Set([".stoa", ".zfs"]);

const OF_ANOTHER =
  "The directory of your storage belongs to another account on this machine, so nothing in it can be looked at or deleted from here. Delete it where you made it, in Jupyter's terminal for example, or ask an administrator.";

/** What of a person's storage lies outside their workspaces and their trash. */
export interface StorageBounds {
  /** Of the file system that it is; others are mounted in it, and take nothing of its room. */
  readonly device: number;
  /** Of the mount that it was opened on: what else is mounted in it may be of the same file system. */
  readonly mount: string;
  /** Where something is mounted in it: paths below it, their bytes as latin1. */
  readonly mounts: ReadonlySet<string>;
  /** Inodes of the folders that hold workspaces and trash, where they lie in it, and of what is ours. */
  readonly held: ReadonlySet<number>;
}

/**
 * Opens a person's storage: by its path, which lies among those that only we make, and through no link.
 * @param directory absolute
 * @throws StoaError conflict: it is another account's, and not theirs to read; unavailable: it is not there
 */
export async function openStorage(directory: string): Promise<OpenFolder> {
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
  const handle = await open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((cause: unknown) => {
    if (isSystemError(cause, "EACCES")) throw new StoaError("conflict", { message: OF_ANOTHER, cause });
    throw new StoaError("unavailable", { details: { what: "The storage directory" }, cause });
  });
  return OpenFolder.held(handle);
}

export async function boundsOf(folders: PersonFolders, storage: OpenFolder): Promise<StorageBounds> {
  const { dev: device } = await storage.self();
  // By what it is: where case makes no difference, it has other names.
  const ours = await storage.stat(".stoa");
  const places = [await seenOf(() => folders.account()), await seenOf(() => folders.trash()), ours];
  const held = places.flatMap((place) => (place?.dev === device ? [place.ino] : []));
  const [mount, mounts] = [mountOf(storage.descriptor), await mountsBelow(storage)];
  return { device, mount, mounts, held: new Set(held) };
}

/** Null: it is not there, and there is no room to make it, which is when people look for what to delete. */
async function seenOf(open: () => Promise<OpenFolder>): Promise<Stats | null> {
  try {
    await using folder = await open();
    return await folder.self();
  } catch (error) {
    if (error instanceof StoaError ? error.code === "disk_full" : isSystemError(error, "EDQUOT", "ENOSPC")) return null;
    throw error;
  }
}

/**
 * Whether this folder is none of what the person put beside their workspaces.
 * @param descriptor of it
 */
export function isOutside(
  { device, mount, held }: StorageBounds,
  { dev, ino }: Pick<Stats, "dev" | "ino">,
  descriptor: number,
): boolean {
  return dev !== device || held.has(ino) || mountOf(descriptor) !== mount;
}

/**
 * Whether something is mounted on this, below it, or on what it lies in.
 * @param path below the storage
 */
export function isMounted({ mounts }: StorageBounds, path: string): boolean {
  const bytes = Buffer.from(path).toString("latin1");
  for (const point of mounts) {
    if (point === bytes || point.startsWith(`${bytes}/`) || bytes.startsWith(`${point}/`)) return true;
  }
  return false;
}
