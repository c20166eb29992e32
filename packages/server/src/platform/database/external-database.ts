import pg from "pg";
import { StartError } from "../errors/start-error.ts";
import { isClosedToConnections, isConnectionLoss } from "./connection-loss.ts";

/**
 * Proves that the database of `DATABASE_URL` answers, before anything is done with it.
 * @throws StartError with the remedy; `passing` when the database may only not be up yet
 */
export async function proveAnswering(pool: pg.Pool, url: string): Promise<void> {
  try {
    await pool.query("select 1");
  } catch (error) {
    throw explain(error, withoutLogin(url));
  }
}

const mistakes: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  "28P01": ["refuses the password", "Correct the password in DATABASE_URL."],
  "28000": ["does not let this user in", "Correct the user in DATABASE_URL, or pg_hba.conf on the database's side."],
  "3D000": ["does not have this database", "Make it (create database …), or correct its name in DATABASE_URL."],
};

function explain(error: unknown, where: string): unknown {
  const [what, remedy] = mistakes[error instanceof pg.DatabaseError ? (error.code ?? "") : ""] ?? [];
  if (what !== undefined && remedy !== undefined) {
    return new StartError(`The database server at ${where} ${what}.`, remedy, { cause: error });
  }
  const { message } = error as Error;
  if (error instanceof pg.DatabaseError && !isConnectionLoss(error) && !isClosedToConnections(error)) {
    return error;
  }
  return new StartError(
    `The database at ${where} does not answer: ${message}.`,
    "Start it, or correct DATABASE_URL. Not set, Stoa brings a database of its own.",
    { cause: error, passing: true },
  );
}

/** For messages: server and database, never who signs in and by what. */
function withoutLogin(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get("host") ?? host}${pathname}`;
}
