import { StoaError } from "../../platform/errors/stoa-error.ts";
import { isSnapshotName } from "../../platform/processes/inside-storage.ts";
import type { WorkspaceContext } from "../context.ts";
import type { PersonsSnapshots } from "../file-work/homes.ts";
import type { WorkspaceRow } from "../tables.ts";

/** ZFS counts whole seconds, by a clock that needn't be the database's. */
const SLACK_MS = 60_000;

type Lived = Pick<WorkspaceRow, "owner_id" | "created_at">;

/**
 * Moments that a workspace can be looked back at, newest first: those from its beginning on. Whether it lay in the
 * storage then shows when one is opened.
 * @param anew somebody has heard of one that was not in the last answer
 * @throws StoaError unavailable
 */
export async function snapshotsOf(
  { homes }: Pick<WorkspaceContext, "homes">,
  row: Lived,
  anew = false,
): Promise<PersonsSnapshots> {
  const { whyNot, items } = await homes.snapshotsOf(row.owner_id, anew);
  const since = row.created_at.getTime() - SLACK_MS;
  return { whyNot, items: items.filter(({ createdAt }) => createdAt.getTime() >= since) };
}

/**
 * That there is a snapshot of this name, by the storage itself, and from the workspace's beginning on: what else is
 * called so is not looked into.
 * @throws StoaError not_found, unavailable
 */
export async function requireSnapshot(
  context: Pick<WorkspaceContext, "homes">,
  row: Lived,
  name: string,
): Promise<void> {
  if (!isSnapshotName(name)) throw noSnapshot(name);
  for (const anew of [false, true]) {
    const { whyNot, items } = await snapshotsOf(context, row, anew);
    if (whyNot === "away") throw new StoaError("unavailable", { details: { what: "Your storage" } });
    if (whyNot === null && items.some((one) => one.name === name)) return;
  }
  throw noSnapshot(name);
}

function noSnapshot(name: string): StoaError {
  return new StoaError("not_found", { details: { what: `snapshot ${name}`, reason: "no_snapshot" } });
}
