import type { WorkspaceContext } from "./context.ts";
import { withFiles, withLinks } from "./details/shown-names.ts";
import type { Placement } from "./files/place-files.ts";
import { wantScan } from "./queries.ts";
import type { WorkspaceRow, WorkspacesTrx } from "./tables.ts";

/** What one request has staged, and whether it got its places. */
export interface Staging {
  readonly placements: Placement[];
  placed: boolean;
}

/**
 * Runs `work`, which notes what it stages, and removes what was not placed: after a refusal, a cut-off upload
 * or a full disk nothing stays.
 */
export async function withStaging<T>(
  context: WorkspaceContext,
  ownerId: number,
  work: (staging: Staging) => Promise<T>,
): Promise<T> {
  const staging: Staging = { placements: [], placed: false };
  try {
    return await work(staging);
  } finally {
    if (!staging.placed && staging.placements.length > 0) await discardStaged(context, ownerId, staging.placements);
  }
}

async function discardStaged(
  context: WorkspaceContext,
  ownerId: number,
  placements: readonly Placement[],
): Promise<void> {
  const names = placements.map(({ staged }) => staged.name);
  await context.files.run(ownerId, "discardStaged", { names }).catch((error: unknown) => {
    context.log.warn({ err: error, ownerId }, "staged files stay until the next sweep");
  });
}

/** Puts staged files in their places: the last thing before the commit of the transaction that locked the row. */
export async function placeInWorkspace(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  row: WorkspaceRow,
  staging: Staging,
): Promise<void> {
  const { placements } = staging;
  const placesOf = (areLinks: boolean) =>
    placements.filter(({ isLink = false }) => isLink === areLinks).map(({ parts }) => parts);
  const details = withLinks(withFiles(row.current_details, placesOf(false)), placesOf(true));
  await trx
    .updateTable("workspaces")
    .set({ current_details: JSON.stringify(details), modified_at: new Date() })
    .where("id", "=", row.id)
    .execute();
  await wantScan(trx, row.id);
  await context.files.run(row.owner_id, "placeStaged", { workspace: row.id, placements });
  staging.placed = true;
}
