import type { WorkspaceContext } from "./context.ts";
import { withFiles } from "./details/shown-names.ts";
import type { OpenFolder } from "./files/descriptor-walk.ts";
import { type Placement, placeFiles } from "./files/place-files.ts";
import { discard } from "./files/staged-file.ts";
import { wantScan } from "./queries.ts";
import type { WorkspaceRow, WorkspacesTrx } from "./tables.ts";

/**
 * Runs `work` with a staging folder and removes what it staged and did not place: after a refusal, a
 * cut-off upload or a full disk nothing stays.
 */
export async function withStaging<T>(
  context: WorkspaceContext,
  ownerId: number,
  work: (staging: OpenFolder, placements: Placement[]) => Promise<T>,
): Promise<T> {
  await using staging = await context.directories.openStaging(ownerId);
  const placements: Placement[] = [];
  try {
    return await work(staging, placements);
  } finally {
    for (const { staged } of placements) await discard(staging, staged.name);
  }
}

/** Puts staged files in their places: the last thing before the commit of the transaction that locked the row. */
export async function placeInWorkspace(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  row: WorkspaceRow,
  staging: OpenFolder,
  placements: readonly Placement[],
): Promise<void> {
  const details = withFiles(
    row.current_details,
    placements.map(({ parts }) => parts),
  );
  await trx
    .updateTable("workspaces")
    .set({ current_details: JSON.stringify(details), modified_at: new Date() })
    .where("id", "=", row.id)
    .execute();
  await wantScan(trx, row.id);
  await using root = await context.directories.openWorkspace(row.owner_id, row.id);
  await placeFiles(root, staging, placements);
}
