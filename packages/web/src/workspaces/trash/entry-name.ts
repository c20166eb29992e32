import type { TrashEntry } from "../../api/types.ts";
import { shownName } from "../files/file-path.ts";

/** What a deleted thing is called: a workspace by its name, all else by where it was in one. */
export const entryName = ({ kind, path, workspace }: Pick<TrashEntry, "kind" | "path" | "workspace">): string =>
  kind === "workspace" ? workspace.name : shownName(path);
