import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { WorkspaceContext } from "../context.ts";
import { findOwn, isWritable } from "../queries.ts";
import type { WorkspaceRow } from "../tables.ts";

/** The caller's own workspace. @throws StoaError not_found, the same for another's and for none */
export async function requireOwn(context: WorkspaceContext, ownerId: number, id: number): Promise<WorkspaceRow> {
  const row = await findOwn(context.db, ownerId, id);
  if (!isWritable(row)) throw new StoaError("not_found", { details: { what: "workspace" } });
  return row;
}
