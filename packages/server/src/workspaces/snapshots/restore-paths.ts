import { isConnectionLoss } from "../../platform/database/connection-loss.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, WorkspaceContext } from "../context.ts";
import type { FileWork } from "../file-work/contract.ts";
import { PathRefused, parsePath } from "../files/file-names.ts";
import { requireStorage } from "../storage-room/storage-room.ts";
import { restoreOne } from "./restore-one.ts";
import type { RestoreConflicts } from "./schema.ts";
import { timelyFiles } from "./timely-files.ts";

export interface RestoreMany {
  readonly workspace: number;
  /** The snapshot's name. */
  readonly asOf: string;
  readonly paths: readonly string[];
  readonly conflicts: RestoreConflicts;
}

export interface RestoreOutcome {
  readonly restored: readonly { readonly path: string; readonly restored_as: string }[];
  readonly failed: readonly { readonly path: string; readonly error: StoaError }[];
}

/**
 * Brings files and folders back as they were, one after the other, each whole or not at all: what is back stays so,
 * whatever becomes of the rest. What lies in another one of them comes back with that one, once. Nothing is begun where
 * all of it together has no room.
 * @throws StoaError not_found (the snapshot, or the workspace in it), unavailable; StorageFull
 */
export async function restorePaths(
  context: WorkspaceContext,
  caller: Caller,
  { workspace, asOf, paths, conflicts }: RestoreMany,
): Promise<RestoreOutcome> {
  const { accountId } = caller;
  const past = timelyFiles(context.files, { together: true });
  // Whether it is there at all; and where its pool hangs, that shows here, or the rest is refused when it does.
  await past.run(accountId, "listFolderAsOf", { workspace, asOf, parts: [], limit: 1 });
  const failed: { path: string; error: StoaError }[] = [];
  const trying = async <T>(path: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      failed.push({ path, error: told(context, error) });
      return null;
    }
  };

  const found: Found[] = [];
  for (const path of paths) {
    const one = await trying(path, () => look(past, accountId, { workspace, asOf, path }));
    if (one !== null) found.push(one);
  }
  const apart = found.filter((one) => !comesWithAnother(one, found));
  await requireStorage(
    context,
    accountId,
    apart.reduce((sum, { bytes }) => sum + bytes, 0),
  );

  const restored: { path: string; restored_as: string }[] = [];
  for (const { parts } of apart) {
    const these = found.filter((one) => isWithin(one.parts, parts));
    try {
      const as = await restoreOne(context, past, caller, { workspace, parts, asOf, conflicts });
      const below = (one: Found) => [as, ...one.parts.slice(parts.length)].join("/");
      restored.push(...these.map((one) => ({ path: one.path, restored_as: below(one) })));
    } catch (cause) {
      const error = told(context, cause);
      failed.push(...these.map((one) => ({ path: one.path, error })));
    }
  }
  return { restored, failed };
}

interface Found {
  /** As asked for. */
  readonly path: string;
  readonly parts: readonly string[];
  readonly bytes: number;
}

/** True of the same path for whichever was named later. */
function comesWithAnother(one: Found, all: readonly Found[]): boolean {
  return all.some(
    (other) =>
      isWithin(one.parts, other.parts) &&
      (other.parts.length < one.parts.length || all.indexOf(other) < all.indexOf(one)),
  );
}

/** True for the folder itself, too. */
function isWithin(parts: readonly string[], folder: readonly string[]): boolean {
  return folder.every((part, index) => part === parts[index]);
}

async function look(
  past: FileWork,
  accountId: number,
  { workspace, asOf, path }: { workspace: number; asOf: string; path: string },
): Promise<Found> {
  const parts = parsePath(path);
  // The whole workspace has no name of its own to be restored to.
  if (parts.length === 0) throw new PathRefused("/", "empty");
  const place = { workspace, asOf, parts };
  await past.run(accountId, "describeEntry", place);
  const { bytes } = await past.run(accountId, "measureEntry", place);
  return { path, parts, bytes };
}

/** One that failed for a reason of ours does not hide what came of the others. */
function told({ log }: WorkspaceContext, error: unknown): StoaError {
  if (error instanceof StoaError) return error;
  // Nobody can say then what became of it.
  if (isConnectionLoss(error)) throw error;
  log.error({ err: error }, "a file could not be restored from a snapshot");
  return new StoaError("defect", { cause: error });
}
