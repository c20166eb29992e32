import { sql } from "kysely";
import type { TakingWorkspaces } from "./taking.ts";

/** Which of these workspaces have a row here; one that was deleted, or purged, keeps it. */
export async function presentWorkspaces(
  { db }: Pick<TakingWorkspaces, "db">,
  ids: Iterable<number>,
): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom("workspaces")
    .select("id")
    .where("id", "=", sql<number>`any(${[...new Set(ids)]}::bigint[])`)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
