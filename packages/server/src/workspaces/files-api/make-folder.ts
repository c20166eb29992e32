import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { isWritable, lockOwn } from "../queries.ts";
import { transactAs } from "../transact-as.ts";
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
  await transactAs(context, caller.accountId, async (trx) => {
    const row = await lockOwn(trx, caller.accountId, id);
    if (!isWritable(row)) throw noWorkspace();
    await recordWrite(context, trx, caller, "workspace.folder.create", row, { path });
    await publishChange(context, trx, row, "files");
    await context.files.run(row.owner_id, "makeFolder", { workspace: row.id, parts });
  });
}
