import { sql } from "kysely";
import type { ActivityContext } from "../context.ts";

/** Asked once, and said in the log when there is none. */
export function searchIndexOf({ db, platform }: Pick<ActivityContext, "db" | "platform">): () => Promise<boolean> {
  let known: Promise<boolean> | null = null;

  async function look(): Promise<boolean> {
    const { rows } = await sql<{ there: boolean }>`
      select to_regclass('activity_executions_search') is not null as there`.execute(db);
    const there = rows[0]?.there ?? false;
    if (!there) {
      platform.log.warn(
        "Reported executions are searched without an index: the database has no pg_trgm or btree_gin. Searches far back take longer, and stop earlier (docs/activity.md).",
      );
    }
    return there;
  }
  return () => {
    known ??= look().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}
