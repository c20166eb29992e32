import { presentWorkspaces } from "@stoa/server/workspaces/import/present-workspaces.ts";
import type { TakingWorkspaces } from "@stoa/server/workspaces/import/taking.ts";
import type { Ground } from "../ground.ts";

/**
 * Workspaces that came earlier keep their row even when they were purged; an operator may have removed it by hand all
 * the same. What hangs on such a one can't come, and must not stop the rest.
 * @param ids new numbers by old ones
 * @returns those of them that have a row
 */
export async function stillHere(
  { say }: Ground,
  context: TakingWorkspaces,
  ids: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  const present = await presentWorkspaces(context, ids.values());
  for (const [oldId, id] of ids) {
    if (present.has(id)) continue;
    say(`Workspace ${oldId} came as ${id} and is gone since: its shares and jobs stay behind.`);
  }
  return new Map([...ids].filter(([, id]) => present.has(id)));
}
