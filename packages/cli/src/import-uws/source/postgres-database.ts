import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import pg from "pg";
import type { OldDatabase, OldRow } from "./old-database.ts";

/** @throws StartError when it can't be reached */
export async function openPostgres(url: string): Promise<OldDatabase> {
  const client = new pg.Client({ connectionString: url, application_name: "stoa-import" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("set timezone to 'UTC'");
    await client.query("begin isolation level repeatable read read only");
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw new StartError(
      `The old database can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      "Give --database as postgres://user:password@host:port/name; a role that may only read is enough.",
      { cause },
    );
  }
  return {
    async columns(table) {
      const { rows } = await client.query<{ name: string }>(
        `select attname as name from pg_attribute
         where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
        [quote(table)],
      );
      return new Set(rows.map(({ name }) => name));
    },
    async rows(table, columns) {
      // As text: so that neither the driver's idea of dates nor its loss of big numbers comes between.
      const list = columns.map((name) => `${quote(name)}::text as ${quote(name)}`).join(", ");
      const { rows } = await client.query<OldRow>(
        `select ${list} from ${quote(table)} order by ${quote(columns[0] ?? "")}`,
      );
      return rows;
    },
    close: () => client.end(),
  };
}

function quote(name: string): string {
  return pg.escapeIdentifier(name);
}
