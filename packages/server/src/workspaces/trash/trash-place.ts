import type { WorkspaceContext } from "../context.ts";
import { last } from "../files/place-files.ts";
import type { TrashRow } from "../tables.ts";

type Entry = Pick<TrashRow, "id" | "owner_id" | "workspace_id" | "kind" | "path">;

/** What an entry's only item is called: as it was, so that an operator finds it by hand too. */
export function keptName(entry: Entry): string {
  return entry.kind === "workspace" ? String(entry.workspace_id) : last(entry.path.split("/"));
}

/** True when the deleted thing is in the trash, whatever its row says. */
export function isInTrash(context: Pick<WorkspaceContext, "files">, entry: Entry): Promise<boolean> {
  return context.files.run(entry.owner_id, "isInTrash", { entry: entry.id, name: keptName(entry) });
}
