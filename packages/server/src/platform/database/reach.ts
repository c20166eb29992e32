/**
 * Tells whether this account gets through to a database, the way the server will go: `node reach.ts`, with a list of
 * addresses as JSON on standard input. Exit code 0: to each; else the reason is on standard error.
 */
import { readFileSync } from "node:fs";
import pg from "pg";

const PATIENCE_MS = 15_000;

for (const url of JSON.parse(readFileSync(0, "utf8")) as string[]) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    await client.end();
  } catch (error) {
    process.stderr.write((error as Error).message);
    process.exit(1);
  }
}
process.exit(0);
