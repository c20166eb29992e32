import type { LargeThing } from "../../api/storage-rescue.ts";

/** One of a list, for ever: what lies in the trash by its entry, the rest by where it is. */
export const keyOf = ({ workspace, path, trash_entry }: LargeThing): string =>
  trash_entry === null ? `${placeOf(workspace)}/${path}` : `trash/${trash_entry}`;

const placeOf = (workspace: LargeThing["workspace"]) => (workspace === null ? "storage" : String(workspace.id));

/** What nothing else of these contains: a folder counts, and takes along, all that is in it. */
export function outermost(things: readonly LargeThing[]): LargeThing[] {
  const folders = new Set(things.filter(({ kind }) => kind === "folder").map(keyOf));
  return things.filter((thing) => thing.trash_entry !== null || !aboveOf(thing).some((key) => folders.has(key)));
}

/** Keys of the folders that it lies in, below its workspace or the storage. */
function aboveOf({ workspace, path }: LargeThing): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => `${placeOf(workspace)}/${parts.slice(0, at + 1).join("/")}`);
}

/** Bytes that come free with all of them, each counted once. */
export const sumOf = (things: readonly LargeThing[]): number =>
  outermost(things).reduce((sum, { bytes }) => sum + bytes, 0);

/** The last part of where it is; of a whole workspace its name. */
export const nameOf = ({ path, workspace }: LargeThing): string =>
  path === "" ? (workspace?.name ?? "") : path.slice(path.lastIndexOf("/") + 1);

/** Where it lies below its workspace or the storage; empty: at its root. */
export const folderOf = ({ path }: LargeThing): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
