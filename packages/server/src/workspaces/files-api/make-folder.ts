import { mkdir } from "node:fs/promises";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { FOLDER_MODE, walkMaking } from "../files/descriptor-walk.ts";
import { tellingOf } from "../files/file-errors.ts";
import { last } from "../files/place-files.ts";
import { isWritable, lockOwn } from "../queries.ts";
import { noWorkspace } from "../trash/trash-file.ts";

/**
 * Makes a folder, and those on the way to it.
 * @throws StoaError not_found (workspace), conflict (something of that name is there), disk_full
 */
export async function makeFolder(
  context: WorkspaceContext,
  caller: Caller,
  id: number,
  parts: readonly string[],
): Promise<void> {
  const path = parts.join("/");
  await context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, caller.accountId, id);
    if (!isWritable(row)) throw noWorkspace();
    await recordWrite(context, trx, caller, "workspace.folder.create", row, { path });
    await publishChange(context, trx, row, "files");
    await using root = await context.directories.openWorkspace(row.owner_id, row.id);
    await using parent = await walkMaking(root, parts.slice(0, -1));
    await tellingOf(path, () => mkdir(parent.at(last(parts)), { mode: FOLDER_MODE }));
    await parent.sync();
  });
}
