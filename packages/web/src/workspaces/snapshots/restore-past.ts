import { deleteFile, type Past } from "../../api/files.ts";
import type { OnPlaceTaken, PastEntry, Restored } from "../../api/snapshots.ts";
import { newestFrom, restoreFromTrash } from "../../api/trash.ts";

type Compared = Pick<PastEntry, "type" | "now">;

/** Of a folder with the same names in it nobody knows what has become of those. */
export const mayDiffer = ({ type, now }: Compared): boolean => now !== "same" || type === "folder";

/** Whether it makes sense to bring it back. */
export const isToBring = (entry: Compared & Pick<PastEntry, "openable">): boolean => entry.openable && mayDiffer(entry);

/** Those whose place is taken by now. */
export const inTheWay = <Entry extends Pick<PastEntry, "now">>(entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ now }) => now !== "gone");

/** What came back goes to the trash again, and what it replaced comes back from there. */
export async function takeBack(
  { workspaceId }: Past,
  { path, restored_as }: Restored,
  onTaken: OnPlaceTaken,
): Promise<void> {
  // Asked before: once both are there, what came back is the newest from this place.
  const old = onTaken === "replace" ? await newestFrom(workspaceId, path) : undefined;
  await deleteFile(workspaceId, restored_as);
  if (old) await restoreFromTrash(old.id);
}
