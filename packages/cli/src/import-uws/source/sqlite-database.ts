import { DatabaseSync } from "node:sqlite";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { OldDatabase } from "./old-database.ts";

/** @throws StartError when it can't be read */
export function openSqlite(path: string): OldDatabase {
  const database = open(path);
  return {
    async columns(table) {
      const rows = database.prepare("select name from pragma_table_info(?)").all(table);
      return new Set(rows.map(({ name }) => String(name)));
    },
    async rows(table, columns) {
      const list = columns.map((name) => `cast("${name}" as text) as "${name}"`).join(", ");
      const rows = database.prepare(`select ${list} from "${table}" order by "${table}"."${columns[0]}"`).all();
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
      );
    },
    close: async () => database.close(),
  };
}

function open(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    database.exec("begin");
    // A file that is no database says so only when it is read.
    database.prepare("select count(*) from sqlite_master").get();
    return database;
  } catch (cause) {
    throw new StartError(
      `The old database can't be read: ${path}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      "Give --database as the path of db.sqlite3, with its -wal file beside it if there is one.",
      { cause },
    );
  }
}
