import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findEmbeddedPostgres } from "../../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import type { SeededRandom } from "./seeded-random.ts";

/**
 * Ends connections to the database at random, from its side, for so long: the server's and those of tools. What was
 * under way in them is rolled back, or was committed without anybody hearing of it.
 * @returns how many were cut
 */
export async function cutConnections(dataDir: string, random: SeededRandom, forMs: number): Promise<number> {
  const found = await findEmbeddedPostgres(dataDir);
  if (found === null) throw new Error("no database runs in the data directory");
  const client = new pg.Client({ connectionString: found.url, application_name: "chaos" });
  await client.connect();
  let cut = 0;
  try {
    for (const until = Date.now() + forMs; Date.now() < until; await sleep(random.between(2, 120))) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'stoa%' and random() < $1`,
        [random.pick([0.1, 0.5, 1])],
      );
      cut += rowCount ?? 0;
    }
    return cut;
  } finally {
    await client.end();
  }
}
