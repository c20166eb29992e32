import type { TFunction } from "i18next";
import type { AuditLine } from "../api/types.ts";
import { nameOf, shownName } from "./files/file-path.ts";

/** Actions that the catalogues have a sentence for; others are told as "changed". */
const told: ReadonlySet<string> = new Set([
  "workspace.create",
  "workspace.update",
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

/** What was done to a workspace, as a sentence. Without its details (somebody else did it), what of it is known. */
export function tellChange(t: TFunction, { action, details = {} }: Pick<AuditLine, "action" | "details">): string {
  if (!told.has(action)) return t("happened.changed");
  const key = `happened.${action.replace(/^workspace\./, "").replaceAll(".", "_")}`;
  const paths = Array.isArray(details.paths) ? details.paths : [];
  const count = typeof details.files === "number" && details.files > 0 ? details.files : Math.max(1, paths.length);
  const name = text(details.path) || text(details.from) || text(paths[0]);
  if (needsName.has(action) && name === "") return t("happened.changed");
  return t(key, { name, to: text(details.to), count });
}

const needsName: ReadonlySet<string> = new Set([...told].filter((action) => /file\.|folder|upload/.test(action)));
