import type { TFunction } from "i18next";
import type { AuditLine } from "../api/types.ts";
import { folderOf, nameOf, shownName } from "./files/file-path.ts";

/** Actions that the catalogues have a sentence for; others are told as "changed". */
const told: ReadonlySet<string> = new Set([
  "workspace.create",
  "workspace.update",
  "workspace.delete",
  "workspace.upload",
  "workspace.restore",
  "workspace.import",
  "workspace.archive.unpack",
  "workspace.file.copy",
  "workspace.file.delete",
  "workspace.file.edit",
  "workspace.file.move",
  "workspace.file.restore",
  "workspace.folder.create",
]);

const text = (value: unknown): string => (typeof value === "string" ? shownName(nameOf(value)) : "");
const folder = (t: TFunction, path: string) => (folderOf(path) === "" ? t("files.root") : shownName(folderOf(path)));

/** What was done to a workspace, as a sentence. Without its details (somebody else did it), what of it is known. */
export function tellChange(t: TFunction, { action, details = {} }: Pick<AuditLine, "action" | "details">): string {
  if (!told.has(action)) return t("happened.changed");
  const key = `happened.${action.replace(/^workspace\./, "").replaceAll(".", "_")}`;
  if (action === "workspace.file.move" && isText(details.from) && isText(details.to)) {
    return tellMove(t, details.from, details.to);
  }
  const paths = Array.isArray(details.paths) ? details.paths : [];
  const count = typeof details.files === "number" && details.files > 0 ? details.files : Math.max(1, paths.length);
  const name = text(details.path) || text(details.from) || text(paths[0]);
  if (!needsName.has(action) || name !== "") return t(key, { name, to: text(details.to), count });
  // A whole folder at once is told by its number; of what somebody else did, only what was done is known.
  if (typeof details.files !== "number") return t(key.replace("happened.", "happened.some_"));
  const into = text(details.into);
  return into === "" ? t("happened.uploadMany", { count }) : t("happened.uploadInto", { folder: into, count });
}

const isText = (value: unknown): value is string => typeof value === "string";

/** Of a new name the names, of a new place the places. */
function tellMove(t: TFunction, from: string, to: string): string {
  if (folderOf(from) === folderOf(to)) return t("happened.file_rename", { name: text(from), to: text(to) });
  const renamed = nameOf(from) !== nameOf(to);
  const target = renamed ? shownName(to) : folder(t, to);
  return t("happened.file_move", { name: text(from), from: folder(t, from), to: target });
}

const needsName: ReadonlySet<string> = new Set([...told].filter((action) => /file\.|folder|upload/.test(action)));
