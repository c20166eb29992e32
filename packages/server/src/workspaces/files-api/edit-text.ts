import { isUtf8 } from "node:buffer";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { withFiles } from "../details/shown-names.ts";
import { MOST_TEXT_BYTES } from "../files/text-file.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import { requireStorage } from "../storage-room/storage-room.ts";
import { transactAs } from "../transact-as.ts";
import { noWorkspace } from "../trash/trash-file.ts";

export interface TextChange {
  readonly workspace: number;
  readonly parts: readonly string[];
  /** The version that was edited; null: the file is new. */
  readonly version: string | null;
  readonly text: Buffer;
}

/**
 * Puts a text in the place of the version that it was made from.
 * @returns the new version
 * @throws StoaError precondition_failed with the `etag` of the version there is now; invalid (no text), disk_full
 */
export async function editText(context: WorkspaceContext, caller: Caller, change: TextChange): Promise<string> {
  const { workspace, parts, version, text } = change;
  if (text.includes(0) || !isUtf8(text)) {
    throw new StoaError("invalid", { details: { problem: "the body is not a text in UTF-8" } });
  }
  const path = parts.join("/");
  // The text itself is gone once it is staged.
  const bytes = text.byteLength;
  await requireStorage(context, caller.accountId, bytes);
  const question = { what: path, limit: MOST_TEXT_BYTES, left: MOST_TEXT_BYTES };
  const { name } = await context.files.run(caller.accountId, "stageUpload", question, { input: [text] });
  try {
    return await transactAs(context, caller.accountId, async (trx) => {
      const row = await lockOwn(trx, caller.accountId, workspace);
      if (!isWritable(row)) throw noWorkspace();
      await recordWrite(context, trx, caller, "workspace.file.edit", row, { path, bytes });
      await publishChange(context, trx, row, "files");
      const details = JSON.stringify(withFiles(row.current_details, [parts]));
      const changes = { current_details: details, modified_at: new Date() };
      await trx.updateTable("workspaces").set(changes).where("id", "=", row.id).execute();
      await wantScan(trx, row.id);
      const edit = { workspace, parts, staged: name, version };
      return (await context.files.run(caller.accountId, "replaceText", edit)).etag;
    });
  } catch (error) {
    await context.files.run(caller.accountId, "discardStaged", { names: [name] }).catch((failure: unknown) => {
      context.log.warn({ err: failure }, "a staged text stays until the next sweep");
    });
    throw error;
  }
}
