import { StoaError } from "../../platform/errors/stoa-error.ts";
import { publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { withFiles } from "../details/shown-names.ts";
import { quoted } from "../files/file-errors.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import { transactAs } from "../transact-as.ts";
import { noWorkspace } from "../trash/trash-file.ts";
import type { UploadRow } from "./tables.ts";
import { callerOfRow, changeState, stagedName, whatOf } from "./upload-rows.ts";

/**
 * Gives a file its name that has all its bytes. Its state says so before the name is given: killed in between, the
 * same is done again and ends alike. Call it as the upload's writer.
 * @returns the row as it is then
 * @throws StoaError what refused it, after which the upload has failed; disk_full and the like, after which it is tried again
 */
export async function finishFile(context: WorkspaceContext, row: UploadRow, signal: AbortSignal): Promise<UploadRow> {
  try {
    if (row.state === "receiving") await verify(context, row, signal);
    const placing =
      row.state === "placing" ? row : await changeState(context.db, row.id, "receiving", { state: "placing" });
    if (placing === null) throw new StoaError("not_found", { details: { what: "upload" } });
    return await place(context, placing, row.state === "placing");
  } catch (error) {
    if (isFinal(error)) await fail(context, row, error);
    throw error;
  }
}

/** What no repetition mends. */
export function isFinal(error: unknown): error is StoaError {
  return error instanceof StoaError && error.status < 500 && error.code !== "locked";
}

async function verify(context: WorkspaceContext, row: UploadRow, signal: AbortSignal): Promise<void> {
  if (row.sha256 === null) return;
  const question = { name: stagedName(row), what: row.path };
  const { sha256 } = await context.files.run(row.owner_id, "hashUpload", question, { signal });
  if (sha256 === row.sha256.toString("hex")) return;
  const message = `${quoted(row.path)} is not the file that was announced: its SHA-256 is ${sha256}. Nothing of it was kept.`;
  throw new StoaError("checksum_mismatch", { message, details: { what: row.path, sha256 } });
}

/** @param again an earlier try has failed: what was edited since is not replaced */
async function place(context: WorkspaceContext, upload: UploadRow, again: boolean): Promise<UploadRow> {
  const caller = callerOfRow(upload);
  const parts = upload.path.split("/");
  return transactAs(context, upload.owner_id, async (trx) => {
    const row = await lockOwn(trx, upload.owner_id, upload.workspace_id);
    if (!isWritable(row)) throw noWorkspace();
    const late = again ? { keepNewerThan: upload.changed_at.getTime() } : {};
    const question = { name: stagedName(upload), workspace: row.id, parts, conflicts: upload.on_conflict, ...late };
    const details = { files: 1, bytes: upload.length, paths: [upload.path], upload: upload.id };
    await recordWrite(context, trx, caller, "workspace.upload", row, details);
    await publishChange(context, trx, row, "files");
    await wantScan(trx, row.id);
    const shown = JSON.stringify(withFiles(row.current_details, [parts]));
    const change = { current_details: shown, modified_at: new Date() };
    await trx.updateTable("workspaces").set(change).where("id", "=", row.id).execute();
    const placed = await context.files.run(upload.owner_id, "placeUpload", question);
    const placedPath = placed?.parts.join("/") ?? upload.path;
    const done = { state: "done", received: upload.length ?? 0, placed_path: placedPath } as const;
    const changed = await changeState(trx, upload.id, "placing", done);
    if (changed === null) throw new StoaError("not_found", { details: { what: "upload" } });
    return changed;
  });
}

async function fail(context: WorkspaceContext, row: UploadRow, error: StoaError): Promise<void> {
  await context.db
    .updateTable("uploads")
    .set({ state: "failed", problem: error.message, changed_at: new Date() })
    .where("id", "=", row.id)
    .where("state", "in", ["receiving", "placing"])
    .execute();
  await discardUpload(context, row);
}

/** What can't be removed now is removed by the sweep. */
export async function discardUpload(context: WorkspaceContext, row: UploadRow): Promise<void> {
  await context.files.run(row.owner_id, "discardTree", { name: stagedName(row) }).catch((error: unknown) => {
    context.log.warn({ err: error, upload: row.id, what: whatOf(row) }, "an upload's bytes stay until the next sweep");
  });
}
