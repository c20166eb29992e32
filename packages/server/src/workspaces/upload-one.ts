import { StoaError } from "../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import { withFiles } from "./details/shown-names.ts";
import type { Conflicts } from "./files/place-name.ts";
import { isWritable, lockOwn, wantScan } from "./queries.ts";
import { transactAs } from "./transact-as.ts";
import { noWorkspace } from "./trash/trash-file.ts";
import { type IncomingFile, uploadFiles } from "./upload-files.ts";
import { type Staging, withStaging } from "./write-files.ts";

/**
 * Receives one file into a workspace, as `uploadFiles` does.
 * @returns where it is: with keep_both under another name, perhaps
 * @throws StoaError not_found, too_large, disk_full, conflict
 */
export async function uploadFile(
  context: WorkspaceContext,
  caller: Caller,
  id: number,
  file: IncomingFile,
  conflicts: Conflicts,
): Promise<readonly string[]> {
  if (conflicts === "replace") {
    if ((await uploadFiles(context, caller, id, once(file))) === null) throw noWorkspace();
    return file.parts;
  }
  // Before a byte comes for nothing; a name that is taken meanwhile is found when it is given.
  await context.files.run(caller.accountId, "checkPlace", { workspace: id, parts: file.parts, conflicts });
  return withStaging(context, caller.accountId, (staging) =>
    receive(context, { caller, id, file, conflicts, staging }),
  );
}

/**
 * The same for a file that is to be new.
 * @throws StoaError precondition_failed where its name is taken, besides the others
 */
export async function uploadNew(
  context: WorkspaceContext,
  caller: Caller,
  id: number,
  file: IncomingFile,
): Promise<readonly string[]> {
  try {
    return await uploadFile(context, caller, id, file, "refuse");
  } catch (error) {
    if (!(error instanceof StoaError && error.code === "conflict")) throw error;
    // Another conflict than that one: a file where a folder should be, on the way to it.
    const place = { workspace: id, parts: file.parts };
    await context.files.run(caller.accountId, "describeEntry", place).catch(() => {
      throw error;
    });
    throw new StoaError("precondition_failed", { details: error.details, cause: error });
  }
}

interface Receiving {
  readonly caller: Caller;
  readonly id: number;
  readonly file: IncomingFile;
  readonly conflicts: Conflicts;
  readonly staging: Staging;
}

async function receive(
  context: WorkspaceContext,
  { caller, id, file: { parts, bytes }, conflicts, staging }: Receiving,
): Promise<readonly string[]> {
  const limit = context.config.limits.uploadBytes;
  const question = { what: parts.join("/"), limit, left: limit };
  const staged = await context.files.run(caller.accountId, "stageUpload", question, { input: bytes });
  staging.placements.push({ parts, staged });
  return transactAs(context, caller.accountId, async (trx) => {
    const row = await lockOwn(trx, caller.accountId, id);
    if (!isWritable(row)) throw noWorkspace();
    const details = { files: 1, bytes: staged.size, paths: [parts.join("/")] };
    await recordWrite(context, trx, caller, "workspace.upload", row, details);
    await publishChange(context, trx, row, "files");
    const shown = JSON.stringify(withFiles(row.current_details, [parts]));
    const change = { current_details: shown, modified_at: new Date() };
    await trx.updateTable("workspaces").set(change).where("id", "=", row.id).execute();
    await wantScan(trx, row.id);
    const place = { name: staged.name, workspace: row.id, parts, conflicts };
    const placed = await context.files.run(caller.accountId, "placeUpload", place);
    staging.placed = true;
    return placed?.parts ?? parts;
  });
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
