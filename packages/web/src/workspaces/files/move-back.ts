import { moveFile } from "../../api/files.ts";
import { newestFrom, restoreFromTrash } from "../../api/trash.ts";
import type { FileEntry } from "../../api/types.ts";
import type { Placed } from "./place-each.ts";

/** To where it was; what it replaced comes back after it. */
export async function moveBack(workspaceId: number, { from, to, replaced }: Placed<FileEntry>): Promise<void> {
  await moveFile(workspaceId, to, from);
  const old = replaced ? await newestFrom(workspaceId, to) : undefined;
  if (old) await restoreFromTrash(old.id);
}
