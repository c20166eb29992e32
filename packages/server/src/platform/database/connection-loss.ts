import { DatabaseError } from "pg";
import { StoaError } from "../errors/stoa-error.ts";

/** The node errors of a server that is not there, or no longer. */
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
]);
/** A missing socket is a missing server; a missing file is not. */
const networkCalls = new Set(["connect", "read", "write", "getaddrinfo"]);
/** PostgreSQL's: shut down by an operator, crashed, starting up or stopping, too many connections. */
const serverCodes = new Set(["57P01", "57P02", "57P03", "53300"]);

/** The driver gave up a connection, or got none in time; `pg` has no code for it, so our pool raises this. */
export class ConnectionLostError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "ConnectionLostError";
  }
}

/**
 * True for the refusal of a database that takes no connections just now. Only of an error at connecting: a statement
 * gets the same code for mistakes of its own.
 */
export function isClosedToConnections(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "55000";
}

/** True when the database was away: the same call may succeed in a moment, and the answer is 503. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  if (error instanceof StoaError) return error.code === "unavailable" && isConnectionLoss(error.cause);
  if (error instanceof DatabaseError) return serverCodes.has(error.code ?? "") || error.code?.startsWith("08") === true;
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return false;
  return networkCodes.has(String(error.code)) && networkCalls.has(String(error.syscall));
}
