import { realpath } from "node:fs/promises";
import path from "node:path";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { StorageContext } from "../context.ts";
import type { SubjectRow } from "../tables.ts";

/**
 * Where somebody's storage lies on this machine, absolute, without links in it.
 * @throws StoaError unavailable: it is not there now
 */
export async function directoryFor(
  { driver }: Pick<StorageContext, "driver">,
  row: Pick<SubjectRow, "kind" | "name">,
): Promise<string> {
  const directory = driver.state.directoryOf(row);
  if (directory === null) throw storageAway(`${row.name} is not mounted on this machine`);
  const base = await realpath(path.dirname(directory)).catch((error: unknown) => {
    throw storageAway(`${directory} is not there`, error);
  });
  return path.join(base, path.basename(directory));
}

/** Nothing is begun elsewhere meanwhile. */
export function storageAway(why: string, error?: unknown): StoaError {
  const cause = new Error(why, { cause: error });
  return new StoaError("unavailable", { details: { what: "The storage that your workspaces are to lie in" }, cause });
}
