import pg from "pg";
import { type BackupTable, inPublic } from "./catalogue.ts";
import { damaged } from "./damaged.ts";

/** As PostgreSQL writes the bounds of a range of one column. */
const RANGE = /^FOR VALUES FROM \('([^'\\]{1,100})'\) TO \('([^'\\]{1,100})'\)$/;

/**
 * Makes a part that the server made while it ran, a month of a log: migrations don't know of it.
 * @returns false when the backup's table is no part of one that is there
 */
export async function makePartition(client: pg.ClientBase, { name, partOf }: BackupTable): Promise<boolean> {
  if (partOf === undefined) return false;
  const parent = await client.query(
    "select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'p' and relname = $1",
    [partOf.table],
  );
  if (parent.rowCount === 0) return false;
  const [, from, to] = RANGE.exec(partOf.bounds) ?? [];
  if (from === undefined || to === undefined) throw damaged(`its table ${JSON.stringify(name)} has no bounds`);
  const range = `from (${pg.escapeLiteral(from)}) to (${pg.escapeLiteral(to)})`;
  await client.query(`create table ${inPublic(name)} partition of ${inPublic(partOf.table)} for values ${range}`);
  return true;
}
