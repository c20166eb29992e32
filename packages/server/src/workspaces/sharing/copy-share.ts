import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import type { ReceivedTree } from "../files/receive-tree.ts";
import { widen } from "../tables.ts";
import { inTurn } from "../transact-as.ts";
import type { SharingContext } from "./context.ts";
import { beginCopy, type CopyPlan, finishCopy, noteNone, noteWhole, settleCopy } from "./copy-steps.ts";
import { removeFolder } from "./remove-share.ts";

export const COPY_KIND = "workspace.share";
/** One attempt's files; more is not shared but moved by other means. */
const MOST_SECONDS = 6 * 3_600;

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

/** Who can't sign in takes nothing and gives nothing. */
async function requireActive({ accounts }: SharingContext, { sender_id, receiver_id }: CopyPlan): Promise<void> {
  const people = await accounts.byIds([sender_id, receiver_id]);
  if (people.get(receiver_id)?.active !== true) throw left("The receiver's account has been deactivated");
  if (people.get(sender_id)?.active !== true) throw left("The sender's account has been deactivated");
}

function left(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}

async function copyFiles(context: SharingContext, run: OperationRun, plan: CopyPlan): Promise<ReceivedTree> {
  const { signal } = run;
  await using tree = await context.files
    .open(plan.sender_id, "sendTree", { workspace: plan.original_workspace_id }, { signal })
    .then(({ bytes }) => bytes);
  // A report that can't be written (the operation was cancelled or taken over) ends the copying by the signal.
  const tell = ({ files, bytes }: { files: number; bytes: number }) =>
    void run.progress(percentOf(bytes, plan.disk_space), `${files} files, ${bytes} bytes`).catch(() => undefined);
  const received = await context.files.run(plan.receiver_id, "receiveTree", null, {
    input: tree,
    signal,
    onProgress: tell,
  });
  await requireActive(context, plan).catch(async (error: unknown) => {
    await context.files.run(plan.receiver_id, "discardStaged", { names: [received.name] });
    throw error;
  });
  return received;
}

/** By the size that the last scan found; never quite done before it is. */
function percentOf(bytes: number, expected: number): number | null {
  return expected <= 0 ? null : Math.min(99, Math.floor((100 * bytes) / expected));
}
