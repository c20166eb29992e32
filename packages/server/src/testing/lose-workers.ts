import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";

/** Milliseconds in which PostgreSQL has seen that they are gone. */
const ENDED_WITHIN_MS = 20_000;

/**
 * As if the time were over in which whoever was killed could still be alive: the next server takes up at once what they
 * had in hand, and not after the lease of its kind (that it waits for that is the operations' own tests' matter).
 */
export async function loseWorkers(database: Pick<pg.Client, "query">): Promise<void> {
  const text =
    "select 1 from pg_stat_activity where datname = current_database() and application_name like 'stoa/%' limit 1";
  for (const until = Date.now() + ENDED_WITHIN_MS; (await database.query(text)).rowCount !== 0; await sleep(20)) {
    if (Date.now() > until) throw new Error("a server is still on the database");
  }
  await database.query("update operations set heartbeat_at = now() - interval '1 day' where state = 'running'");
}
