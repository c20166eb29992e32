import type { Stats } from "node:fs";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { PersonFolders } from "../file-work/contract.ts";
import { OpenFolder } from "./descriptor-walk.ts";

/** Names at the top of somebody's storage that are none of theirs: the trash and copies under way, ZFS's snapshots. */
export const RESERVED: ReadonlySet<string> = new Set([".stoa", ".zfs"]);

/** What of a person's storage lies outside their workspaces and their trash. */
export interface StorageBounds {
  /** Of the file system that it is; others are mounted in it, and take nothing of its room. */
  readonly device: number;
  /** Inodes of the folders that hold workspaces and trash, where they lie in it. */
  readonly held: ReadonlySet<number>;
}

/**
 * Opens a person's storage: by its path, which lies among those that only we make.
 * @param directory absolute
 * @throws StoaError unavailable: it is not there, or is not theirs to read
 */
export async function openStorage(directory: string): Promise<OpenFolder> {
  return OpenFolder.trusted(directory).catch((cause: unknown) => {
    throw new StoaError("unavailable", { details: { what: "The storage directory" }, cause });
  });
}

export async function boundsOf(folders: PersonFolders, storage: OpenFolder): Promise<StorageBounds> {
  await using account = await folders.account();
  await using trash = await folders.trash();
  const [own, ...places] = await Promise.all([storage, account, trash].map((folder) => folder.stat(".")));
  const device = own?.dev ?? -1;
  const held = places.flatMap((place) => (place?.dev === device ? [place.ino] : []));
  return { device, held: new Set(held) };
}

/** Whether this folder is none of what the person put beside their workspaces. */
export function isOutside({ device, held }: StorageBounds, { dev, ino }: Pick<Stats, "dev" | "ino">): boolean {
  return dev !== device || held.has(ino);
}
