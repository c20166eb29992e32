import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import pg from "pg";

/** Any number that nothing else on the database uses. */
const IMPORT_LOCK = 3_564_260_014;

/**
 * Runs the work while no other import runs on this database; the lock is the connection's and ends with it.
 * @param url past any pooler
 * @throws StartError when another one runs
 */
export async function asTheOnlyOne<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "stoa-import-lock" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [IMPORT_LOCK]);
    if (rows[0]?.got !== true) throw new StartError("Another import runs on this database.", "Wait for its end.");
    return await work();
  } finally {
    await client.end();
  }
}
