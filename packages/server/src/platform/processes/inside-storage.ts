import path from "node:path";

/**
 * A person's two folders, where they lie in their storage: names below its directory. A link of ours, in a folder that
 * only we write into, stands in the folder's place in the data directory and leads there.
 */
export const INSIDE = { workspaces: ["workspaces"], trash: [".stoa", "trash"] } as const;
export type PlaceKind = keyof typeof INSIDE;

/** Where an account's folders lie: in its storage; nowhere yet, there being nothing in them; in the data directory. */
export type Housed = "inside" | "empty" | "apart";

/** Where a link for this kind leads. @param directory the storage's, absolute */
export function targetIn(directory: string, kind: PlaceKind): string {
  return path.join(directory, ...INSIDE[kind]);
}

/** The storage's directory that a link of ours for this kind leads into; null: it is none of ours. */
export function directoryIn(target: string, kind: PlaceKind): string | null {
  const end = `/${INSIDE[kind].join("/")}`;
  const directory = target.slice(0, -end.length);
  const isOurs = target.endsWith(end) && path.isAbsolute(directory) && path.normalize(directory) === directory;
  return isOurs ? directory : null;
}

/** Where OpenZFS shows a dataset as it was in each of its snapshots, by their names: names below its directory. */
export const SNAPSHOTS = [".zfs", "snapshot"] as const;

/** One name of a folder that a snapshot may have. ZFS takes more (`%`), which no snapshot to look into has. */
const SNAPSHOT_NAME = /^(?!\.+$)[A-Za-z0-9_.: -]{1,255}$/;

/** Whether this may be a snapshot's name: it leads nowhere but into the folder of that name. */
export function isSnapshotName(name: string): boolean {
  return SNAPSHOT_NAME.test(name);
}
