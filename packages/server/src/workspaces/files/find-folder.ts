import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileWork } from "../file-work/contract.ts";
import type { WorkspaceRow } from "../tables.ts";
import { quoted } from "./file-errors.ts";
import { parsePath } from "./file-names.ts";

/**
 * A folder of a workspace that is there, as a path below its root; empty: the root. No link is followed.
 * @throws StoaError invalid (no path), not_found, conflict (no folder, a link on the way)
 */
export async function findFolder(
  files: Pick<FileWork, "run">,
  row: Pick<WorkspaceRow, "id" | "owner_id">,
  path: string,
): Promise<string> {
  const parts = parsePath(path);
  const folder = parts.join("/");
  const { type } = await files.run(row.owner_id, "describeEntry", { workspace: row.id, parts });
  if (type === "folder") return folder;
  throw new StoaError("conflict", { details: { problem: `${quoted(folder)} is no folder` } });
}
