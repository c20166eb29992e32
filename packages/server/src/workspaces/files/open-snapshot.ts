import { readlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { directoryIn, INSIDE, isSnapshotName, SNAPSHOTS } from "../../platform/processes/inside-storage.ts";
import type { PersonFolders } from "../file-work/contract.ts";
import { OpenFolder, walk } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";
import type { EntryPlace } from "./move-entry.ts";

/** A place that is only read: as it is, or as it was in a snapshot of the storage that it lies in. */
export interface ReadPlace extends EntryPlace {
  /** The snapshot's name. */
  readonly asOf?: string | undefined;
}

/** The folder of a place's workspace, now or then. @throws StoaError not_found, unavailable */
export function openWorkspace(
  folders: PersonFolders,
  { workspace, asOf }: Pick<ReadPlace, "workspace" | "asOf">,
): Promise<OpenFolder> {
  return asOf === undefined ? folders.workspace(workspace) : folders.workspaceAsOf(workspace, asOf);
}

/**
 * Opens a person's workspaces as they were in a snapshot, which is below the directory that the link in their place
 * leads to. That link is followed as ever, and nothing that comes after it: the snapshot is a file system of its own,
 * which the kernel mounts as it is entered, read-only.
 * @param at the folder's path in the data directory
 * @throws StoaError not_found (no such snapshot, or they were not there yet), unavailable (it can't be looked into)
 */
export async function openSnapshot(at: string, name: string): Promise<OpenFolder> {
  // It may have come from another process.
  if (!isSnapshotName(name)) throw noSnapshot(name);
  const directory = await directoryBehind(at);
  // Nothing of theirs lies in storage, so no snapshot has it.
  if (directory === null) throw noSnapshot(name);
  await using storage = await OpenFolder.trusted(directory).catch((error: unknown) => {
    throw away(error);
  });
  await using then = await walk(storage, [...SNAPSHOTS, name]).catch((error: unknown) => {
    throw error instanceof StoaError && error.code === "not_found" ? noSnapshot(name) : away(error);
  });
  return await walk(then, INSIDE.workspaces).catch((error: unknown) => {
    throw notThereYet(error, name);
  });
}

/** A workspace's folder in it. */
export async function openWorkspaceOf(snapshot: OpenFolder, name: string, workspace: number): Promise<OpenFolder> {
  return walk(snapshot, [String(workspace)]).catch((error: unknown) => {
    throw notThereYet(error, name);
  });
}

/** Null: the folder itself is there, or nothing. */
async function directoryBehind(at: string): Promise<string | null> {
  try {
    return directoryIn(await readlink(at), "workspaces");
  } catch (error) {
    if (isSystemError(error, "EINVAL", "ENOENT")) return null;
    throw error;
  }
}

function noSnapshot(name: string): StoaError {
  return new StoaError("not_found", { details: { what: `snapshot ${name}`, reason: "no_snapshot" } });
}

/** Also where its owner had put a file or a link in its place: whatever it was, no workspace. */
function notThereYet(error: unknown, name: string): unknown {
  if (!(error instanceof StoaError && (error.code === "not_found" || error.code === "conflict"))) return error;
  const what = `copy of this workspace in the snapshot ${name}`;
  return new StoaError("not_found", { details: { what, reason: "not_in_snapshot" }, cause: error });
}

function away(error: unknown): StoaError {
  const cause = new Error("a snapshot can't be entered", { cause: error });
  return new StoaError("unavailable", { details: { what: "The snapshot" }, cause });
}
