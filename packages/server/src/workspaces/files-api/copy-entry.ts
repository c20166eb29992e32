import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, Operation, OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { quoted } from "../files/file-errors.ts";
import type { EntryPlace } from "../files/move-entry.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import { finalWhenFull } from "../storage-room/storage-full.ts";
import { requireStorage, storageFull, storageLeft } from "../storage-room/storage-room.ts";
import { type WorkspacesTrx, widen } from "../tables.ts";
import { inTurn } from "../transact-as.ts";
import { forgetUnmoved, keepEntry, noWorkspace } from "../trash/trash-file.ts";
import { requireOwn } from "./find-workspace.ts";
import { beginReplacing, refuseOneself, told, type Way } from "./move-entry.ts";

export const COPY_KIND = "files.copy";
const MEGABYTE = 1_000_000;

/**
 * Queues a copy of a file or folder, within a workspace of the caller's or from one to another.
 * @throws StoaError not_found, conflict (taken, on top of itself)
 */
export async function queueCopy(context: WorkspaceContext, caller: Caller, way: Way): Promise<Operation> {
  const { from, to, replace } = way;
  refuseOneself(way);
  for (const id of [from.workspace, to.workspace]) await requireOwn(context, caller.accountId, id);
  const { size } = await context.files.run(caller.accountId, "describeEntry", from);
  const left = await storageLeft(context, caller.accountId);
  // What is in a folder is found out when its turn comes, and then counts.
  if (left !== null && (left <= 0 || size > left)) throw await storageFull(context, caller.accountId, size || null);
  if (!replace) await refuseTaken(context, caller.accountId, to);
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, caller.accountId, to.workspace);
    if (!isWritable(row)) throw noWorkspace();
    await recordWrite(context, trx, caller, "workspace.file.copy", row, told(way, null));
    return context.operations.enqueue(trx, {
      kind: COPY_KIND,
      subject: { kind: "workspace", id: String(to.workspace) },
      actor: caller.actor,
      audience: [row.owner_id],
      input: {
        owner_id: caller.accountId,
        from_workspace: from.workspace,
        from: [...from.parts],
        to: [...to.parts],
        replace,
        name: row.name,
      },
    });
  });
}

async function refuseTaken(context: WorkspaceContext, ownerId: number, to: EntryPlace): Promise<void> {
  const there = await context.files.run(ownerId, "describeEntry", to).catch((error: unknown) => {
    if (error instanceof StoaError && error.code === "not_found") return null;
    throw error;
  });
  if (there === null) return;
  throw new StoaError("conflict", { details: { problem: `${quoted(to.parts.join("/"))} exists already` } });
}

/** All is copied out of sight first; then one step gives it its name. */
export function copyKind(context: WorkspaceContext): OperationKind {
  return {
    kind: COPY_KIND,
    attempts: 5,
    heartbeatSeconds: 15,
    expireSeconds: 6 * 3_600,
    concurrency: 4,
    perActor: 2,
    cancellable: true,
    async run(run) {
      const { ownerId, way } = readInput(run);
      const name = stagedName(run);
      // An attempt that was killed between the name and the commit left nothing to copy, nor to replace.
      const placed = await context.files.run(ownerId, "isCopyPlaced", { name, to: way.to });
      const { bytes, skipped } = placed
        ? await measure(context, ownerId, way.to)
        : await stage(context, run, way).catch(finalWhenFull);
      await place(context, run, placed ? { ...way, replace: false } : way, ownerId);
      // The note beside the copy stays for the hourly sweep: killed before its end is written down, the operation is
      // run once more, and must still find that the copy has its name.
      return { workspace_id: way.to.workspace, path: way.to.parts.join("/"), bytes, skipped };
    },
    async settle(run) {
      await discard(context, readInput(run).ownerId, stagedName(run));
    },
  };
}

interface Copied {
  readonly bytes: number;
  readonly skipped: number;
}

async function measure(context: WorkspaceContext, ownerId: number, place: EntryPlace): Promise<Copied> {
  const { bytes } = await context.files.run(ownerId, "measureEntry", place);
  return { bytes, skipped: 0 };
}

async function stage(context: WorkspaceContext, run: OperationRun, { from }: Way): Promise<Copied> {
  const { ownerId } = readInput(run);
  const { bytes } = await measure(context, ownerId, from);
  await requireStorage(context, ownerId, bytes);
  const onProgress = (done: { bytes: number; files: number }) => report(run, done.bytes, done.files, bytes);
  const what = { from, name: stagedName(run) };
  const { skipped } = await context.files.run(ownerId, "stageCopy", what, { signal: run.signal, onProgress });
  return { bytes, skipped };
}

async function place(context: WorkspaceContext, run: OperationRun, way: Way, ownerId: number): Promise<void> {
  const { to } = way;
  const replaced = way.replace ? await beginReplacing(context, ownerId, to) : null;
  try {
    const step = async (trx: WorkspacesTrx) => {
      const row = await lockOwn(trx, ownerId, to.workspace);
      if (!isWritable(row)) throw noWorkspace();
      await wantScan(trx, row.id);
      await publishChange(context, trx, row, "files");
      if (replaced) await keepEntry(context, trx, replaced);
      await context.files.run(ownerId, "placeCopy", { name: stagedName(run), to, replaced: replaced?.id ?? null });
    };
    await inTurn(context.files, ownerId, () => run.step("The copy is in its place.", (trx) => step(widen(trx))));
  } catch (error) {
    if (replaced) await forgetUnmoved(context, replaced, error);
    throw error;
  }
}

async function discard(context: WorkspaceContext, ownerId: number, name: string): Promise<void> {
  await context.files.run(ownerId, "discardCopy", { name }).catch((error: unknown) => {
    context.log.warn({ err: error, ownerId, name }, "what is left of a copy stays until the next sweep");
  });
}

/** The same at every attempt, and no server's own: a restart clears those away. */
function stagedName(run: OperationRun): string {
  return `copy-${run.operation.id}`;
}

function report(run: OperationRun, bytes: number, files: number, all: number): void {
  const percent = all === 0 ? null : Math.min(99, Math.floor((bytes / all) * 100));
  const message = `${files} files, ${(bytes / MEGABYTE).toFixed(1)} MB`;
  // A run that has lost its lease is told so by its next step.
  run.progress(percent, message).catch(() => undefined);
}

function readInput(run: OperationRun): { ownerId: number; way: Way } {
  const input = run.operation.input as JsonObject & { from: string[]; to: string[] };
  return {
    ownerId: Number(input.owner_id),
    way: {
      from: { workspace: Number(input.from_workspace), parts: input.from },
      to: { workspace: Number(run.operation.subject.id), parts: input.to },
      replace: input.replace === true,
    },
  };
}
