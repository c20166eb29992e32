import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, Operation, OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import { type Caller, recordWrite, type WorkspaceContext } from "../context.ts";
import { quoted } from "../files/file-errors.ts";
import { CONFLICTS, type Conflicts } from "../files/place-name.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { isWritable, lockOwn } from "../queries.ts";
import { finalWhenFull } from "../storage-room/storage-full.ts";
import { admit, requireStorage, storageLeft } from "../storage-room/storage-room.ts";
import { widen } from "../tables.ts";
import { inTurn } from "../transact-as.ts";
import { noWorkspace } from "../trash/trash-file.ts";
import { discardUpload } from "./finish-file.ts";
import type { UploadRow } from "./tables.ts";
import { finishTree, forgetTree, limitsOf, withinStorage } from "./trees.ts";
import { deleteUpload, insertUpload, stagedName } from "./upload-rows.ts";

export const UNPACK_KIND = "files.unpack";
const MEGABYTE = 1_000_000;

export interface WantedUnpacking {
  readonly workspaceId: number;
  /** The archive. */
  readonly parts: readonly string[];
  /** The folder that its contents are merged into. */
  readonly to: readonly string[];
  readonly conflicts: Conflicts;
}

/** Queues the unpacking of an archive. @throws StoaError not_found, conflict (no regular file) */
export async function queueUnpacking(
  context: WorkspaceContext,
  caller: Caller,
  { workspaceId, parts, to, conflicts }: WantedUnpacking,
): Promise<Operation> {
  await requireOwn(context, caller.accountId, workspaceId);
  const archive = await context.files.run(caller.accountId, "describeEntry", { workspace: workspaceId, parts });
  if (archive.type !== "file") {
    throw new StoaError("conflict", { details: { problem: `${quoted(parts.join("/"))} is no regular file` } });
  }
  // What is in it shows only when it is unpacked.
  await requireStorage(context, caller.accountId, null);
  const { by, ...actor } = caller.actor;
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, caller.accountId, workspaceId);
    if (!isWritable(row)) throw noWorkspace();
    const details = { archive: parts.join("/"), into: to.join("/"), on_conflict: conflicts };
    await recordWrite(context, trx, caller, "workspace.archive.unpack", row, { ...details, asked: true });
    return context.operations.enqueue(trx, {
      kind: UNPACK_KIND,
      subject: { kind: "workspace", id: String(workspaceId) },
      actor: caller.actor,
      audience: [row.owner_id],
      input: {
        archive: [...parts],
        to: [...to],
        on_conflict: conflicts,
        bytes: archive.size,
        caller: { ...caller, actor: { ...actor, ...(by && { by: { ...by } }) } },
        name: row.name,
      },
    });
  });
}

/** All is unpacked out of sight first; then one step merges it into its folder. */
export function unpackKind(context: WorkspaceContext): OperationKind {
  return {
    kind: UNPACK_KIND,
    attempts: 5,
    heartbeatSeconds: 15,
    expireSeconds: 6 * 3_600,
    concurrency: 4,
    perActor: 2,
    cancellable: true,
    async run(run) {
      const input = readInput(run);
      const earlier = await findRow(context, run);
      if (earlier?.state === "placing") {
        await place(context, run, earlier, null);
        return resultOf(JSON.parse(earlier.metadata) as JsonObject, input);
      }
      const row = earlier ?? (await insertUpload(context, input.caller, rowOf(run, input)));
      try {
        const unpacked = await unpack(context, run, input, row).catch(finalWhenFull);
        await admit(context.room, row.owner_id, unpacked.bytes);
        await place(context, run, row, unpacked);
        return resultOf({ ...unpacked }, input);
      } catch (error) {
        await forgetTree(context, row, error);
        throw error;
      }
    },
    async settle(run) {
      const row = await findRow(context, run);
      if (row === null) return;
      await discardUpload(context, row);
      await deleteUpload(context.db, row.id);
    },
  };
}

async function unpack(context: WorkspaceContext, run: OperationRun, input: UnpackInput, row: UploadRow) {
  const question = { workspace: row.workspace_id, parts: input.archive, name: stagedName(row) };
  const onProgress = ({ bytes, files }: { bytes: number; files: number }) => {
    const percent = input.bytes === 0 ? null : Math.min(99, Math.floor((bytes / input.bytes) * 100));
    const message = `${files} files, ${(bytes / MEGABYTE).toFixed(1)} MB of the archive`;
    // A run that has lost its lease is told so by its next step.
    run.progress(percent, message).catch(() => undefined);
  };
  const left = await storageLeft(context, row.owner_id);
  return withinStorage(context, row.owner_id, { most: limitsOf(context), left }, (limits) =>
    context.files.run(row.owner_id, "unpackArchive", { ...question, limits }, { signal: run.signal, onProgress }),
  );
}

function place(
  context: WorkspaceContext,
  run: OperationRun,
  row: UploadRow,
  unpacked: Parameters<typeof finishTree>[2],
): Promise<void> {
  return finishTree(context, row, unpacked, (work) =>
    inTurn(context.files, row.owner_id, () =>
      run.step("The contents are in their places.", (narrow) => work(widen(narrow))),
    ),
  );
}

interface UnpackInput {
  readonly archive: readonly string[];
  readonly to: readonly string[];
  readonly conflicts: Conflicts;
  readonly bytes: number;
  readonly caller: Caller;
}

function readInput(run: OperationRun): UnpackInput {
  const input = run.operation.input as JsonObject & { archive: string[]; to: string[] };
  return {
    archive: input.archive,
    to: input.to,
    conflicts: CONFLICTS.find((one) => one === input.on_conflict) ?? "refuse",
    bytes: Number(input.bytes),
    caller: input.caller as unknown as Caller,
  };
}

/** The operation's id is the row's: every attempt finds what the last one left. */
function rowOf(run: OperationRun, input: UnpackInput) {
  const { id } = run.operation;
  const workspaceId = Number(run.operation.subject.id);
  return { id, operationId: id, workspaceId, parts: input.to, conflicts: input.conflicts, length: null };
}

async function findRow(context: WorkspaceContext, run: OperationRun): Promise<UploadRow | null> {
  const query = context.db.selectFrom("uploads").selectAll().where("operation_id", "=", run.operation.id);
  return (await query.executeTakeFirst()) ?? null;
}

function resultOf(unpacked: JsonObject, input: UnpackInput): JsonObject {
  return { files: unpacked.files ?? 0, bytes: unpacked.bytes ?? 0, path: input.to.join("/") };
}
