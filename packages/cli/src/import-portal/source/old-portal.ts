import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import pg from "pg";

/** What the driver makes of a row: everything is asked for as text, bytes as bytes. */
export type OldRow = Readonly<Record<string, string | Buffer | null>>;

/** The old portal's database; it can't be written to by this connection. */
export interface OldPortal {
  /** @throws StartError with what the database said */
  rows(sql: string, values?: readonly unknown[]): Promise<OldRow[]>;
  close(): Promise<void>;
}

/** @throws StartError when it can't be reached */
export async function openOldPortal(url: string): Promise<OldPortal> {
  if (!/^postgres(ql)?:\/\//.test(url)) throw unread("the address is none of PostgreSQL's");
  const client = new pg.Client({ connectionString: url, application_name: "stoa-import" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("set default_transaction_read_only = on");
    await client.query("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'");
    await takeAnyBytes(client);
    await takeAnyTime(client);
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw unread(messageOf(cause), cause);
  }
  return {
    async rows(sql, values = []) {
      try {
        return (await client.query<Record<string, string | Buffer | null>>(sql, [...values])).rows;
      } catch (cause) {
        throw unread(messageOf(cause), cause);
      }
    },
    close: () => client.end(),
  };
}

/** A database without an encoding holds what it was given: it comes as it is, and what is no UTF-8 is replaced here. */
async function takeAnyBytes(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>("show server_encoding");
  if (rows[0]?.server_encoding === "SQL_ASCII") await client.query("set client_encoding = 'SQL_ASCII'");
}

/** The log is read in one transaction, which waits for us again and again. Older versions know no such bounds. */
async function takeAnyTime(client: pg.Client): Promise<void> {
  await client.query(`select set_config(name, '0', false) from pg_settings
    where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')`);
}

/** As a name in SQL. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

/** As a text in SQL. */
export function literal(text: string): string {
  return pg.escapeLiteral(text);
}

function unread(why: string, cause?: unknown): StartError {
  return new StartError(
    `The old database can't be read: ${why}.`,
    "Give --database as postgres://user:password@host:port/name; a role that may only read is enough.",
    { cause },
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
