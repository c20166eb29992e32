import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

/** A connection past the server to the embedded PostgreSQL of a data directory, as Stoa itself. End it. */
export async function databaseOf(dataDir: string): Promise<pg.Client> {
  const { stoa } = JSON.parse(readFileSync(join(dataDir, "keys/postgres.json"), "utf8")) as { stoa: string };
  const places = [join(dataDir, "run/postgres"), join(dataDir, "postgres/socket")];
  const host = places.find((place) => existsSync(join(place, ".s.PGSQL.5432")));
  if (host === undefined) throw new Error(`no PostgreSQL listens in ${dataDir}`);
  const client = new pg.Client({ host, user: "stoa", password: stoa, database: "stoa" });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
