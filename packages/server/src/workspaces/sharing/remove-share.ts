import type { OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import { inTurn } from "../transact-as.ts";
import type { SharingContext } from "./context.ts";

export const REMOVE_KIND = "workspace.share.remove";

/** A share's operations are of one subject, so that its copy and its removal take turns. */
export function subjectOf(shareId: number): { kind: string; id: string } {
  return { kind: "shared_workspace", id: String(shareId) };
}

/**
 * Removes the files of a share that was declined or cancelled. Not by way of the trash: the original is its
 * sender's, and nobody has had this copy.
 */
export function removeKind(context: SharingContext): OperationKind {
  return {
    kind: REMOVE_KIND,
    attempts: 5,
    heartbeatSeconds: 10,
    expireSeconds: 3_600,
    concurrency: 2,
    exclusive: true,
    async run(run) {
      const receiver_id = Number(run.operation.input.receiver_id);
      await removeFolder(context, run, { id: Number(run.operation.subject.id), receiver_id });
      return {};
    },
  };
}

/**
 * Takes the folder's name in a fenced step, so that no worker thought dead takes a later copy's; then its files. Also
 * when the step's commit got lost: by then the folder has lost its name, and the next attempt would not find it.
 */
export async function removeFolder(
  { files }: Pick<SharingContext, "files">,
  run: Pick<OperationRun, "step">,
  share: { readonly id: number; readonly receiver_id: number },
): Promise<void> {
  let staged: string | null = null;
  try {
    await inTurn(files, share.receiver_id, () =>
      run.step(null, async () => {
        ({ staged } = await files.run(share.receiver_id, "unnameWorkspace", { workspace: share.id }));
      }),
    );
  } finally {
    if (staged !== null) await files.run(share.receiver_id, "discardStaged", { names: [staged] });
  }
}
