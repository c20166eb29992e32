import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import type { Measured } from "../files/measure-entry.ts";
import type { ReceivedTree } from "../files/receive-tree.ts";
import { StorageFull } from "../storage-room/storage-full.ts";
import { storageLeft } from "../storage-room/storage-room.ts";
import { widen } from "../tables.ts";
import { inTurn } from "../transact-as.ts";
import type { SharingContext } from "./context.ts";
import { beginCopy, type CopyPlan, finishCopy, noteNone, noteWhole, settleCopy } from "./copy-steps.ts";
import { removeFolder } from "./remove-share.ts";
import { bytesUnanswered, tooLarge, unanswered } from "./share-room.ts";

export const COPY_KIND = "workspace.share";
/** One attempt's files; more is not shared but moved by other means. */
const MOST_SECONDS = 6 * 3_600;
/** By how much a workspace may grow while it is copied: a part of it, and some bytes. */
const MARGIN = 0.1;
const MARGIN_BYTES = 64 * 2 ** 20;

/**
 * Copies a shared workspace's files: read as the sender, written as the receiver under a staged name, and in place
 * by one rename in the transaction that says so. Killed anywhere, the next attempt begins anew, and what a worker
 * that was thought dead has staged never gets its place.
 */
export function copyKind(context: SharingContext): OperationKind {
  return {
    kind: COPY_KIND,
    attempts: 5,
    heartbeatSeconds: 10,
    expireSeconds: MOST_SECONDS,
    concurrency: 4,
    perActor: 2,
    exclusive: true,
    cancellable: true,
    async run(run) {
      const plan = await run.step("Copying the files.", (trx) => beginCopy(widen(trx), shareOf(run)));
      if (plan === null) return { copied: false };
      await requireActive(context, plan);
      // A whole copy that got its name just before a crash, of which no row knows.
      if (plan.copied_files !== null) await removeFolder(context, run, plan);
      const tree = await copyFiles(context, run, plan);
      try {
        await run.step(null, (trx) => noteWhole(widen(trx), plan, tree));
        const placed = await inTurn(context.files, plan.receiver_id, () =>
          run.step(`${tree.files} files are there.`, (trx) => finishCopy(context, widen(trx), plan, tree)),
        );
        return { copied: placed, files: tree.files, bytes: tree.bytes };
      } finally {
        // Not there any more when it got its place.
        await context.files.run(plan.receiver_id, "discardStaged", { names: [tree.name] });
      }
    },
    async settle(run, outcome) {
      const note = outcome === "failed" ? "The copy failed; its sender is told." : "The copy was cancelled.";
      const failure = outcome === "failed" ? (run.operation.error?.message ?? "It failed.") : "It was cancelled.";
      const share = await run.step(note, (trx) => settleCopy(context, widen(trx), shareOf(run), outcome, failure));
      if (share === null || share.copied_files === null) return;
      await removeFolder(context, run, share);
      await run.step(null, (trx) => noteNone(widen(trx), share.id));
    },
  };
}

function shareOf(run: OperationRun): number {
  return Number(run.operation.subject.id);
}

function noRoom(): StoaError {
  return left("The receiver's storage has no room for it. They have to free space first");
}

/** Who can't sign in takes nothing and gives nothing. */
async function requireActive({ accounts }: SharingContext, { sender_id, receiver_id }: CopyPlan): Promise<void> {
  const people = await accounts.byIds([sender_id, receiver_id]);
  if (people.get(receiver_id)?.active !== true) throw left("The receiver's account has been deactivated");
  if (people.get(sender_id)?.active !== true) throw left("The sender's account has been deactivated");
}

function left(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}

/**
 * Contents that the receiver takes, in bytes. The sender's own program sends them, and may send anything: as much as
 * there was when it began, with a margin for what grows meanwhile, and never more than there is room for.
 */
export function mostBytesOf(room: number, { bytes, complete }: Measured): number {
  const expected = complete ? Math.floor(bytes * (1 + MARGIN) + MARGIN_BYTES) : room;
  return Math.max(0, Math.min(room, expected));
}

async function copyFiles(context: SharingContext, run: OperationRun, plan: CopyPlan): Promise<ReceivedTree> {
  const { signal } = run;
  const place = { workspace: plan.original_workspace_id, parts: [] };
  const measured = await context.files.run(plan.sender_id, "measureEntry", place, { signal });
  const limit = context.config.limits.shareBytes;
  // Once it is accepted, it is the receiver's wish.
  const others = plan.answer === "accepted" ? 0 : await bytesUnanswered(context.db, plan);
  const room = limit - others;
  const mostBytes = mostBytesOf(room, measured);
  const free = await storageLeft(context, plan.receiver_id);
  // How much they may have, and have, is nobody else's matter.
  if (free !== null && (free <= 0 || measured.bytes > free)) throw noRoom();
  await using tree = await context.files
    .open(plan.sender_id, "sendTree", { workspace: plan.original_workspace_id }, { signal })
    .then(({ bytes }) => bytes);
  // A report that can't be written (the operation was cancelled or taken over) ends the copying by the signal.
  const tell = ({ files, bytes }: { files: number; bytes: number }) =>
    void run.progress(percentOf(bytes, measured.bytes), `${files} files, ${bytes} bytes`).catch(() => undefined);
  const io = { input: tree, signal, onProgress: tell };
  const received = await context.files
    .run(plan.receiver_id, "receiveTree", { mostBytes }, io)
    .catch((error: unknown) => {
      if (error instanceof StorageFull) throw noRoom();
      if (!(error instanceof StoaError && error.code === "too_large")) throw error;
      if (mostBytes < room) throw left("More came than the workspace had: it grows while it is copied. Try again");
      throw others > 0 ? unanswered(limit) : tooLarge(limit);
    });
  await requireActive(context, plan).catch(async (error: unknown) => {
    await context.files.run(plan.receiver_id, "discardStaged", { names: [received.name] });
    throw error;
  });
  return received;
}

/** By the size that was found, dot files included; never quite done before it is. */
function percentOf(bytes: number, expected: number): number | null {
  return expected <= 0 ? null : Math.min(99, Math.floor((100 * bytes) / expected));
}
