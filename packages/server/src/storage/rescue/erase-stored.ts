import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import { DELETING, deletionProblem, eachOnce } from "../../platform/operations/each-once.ts";
import { recordChange, type StorageContext } from "../context.ts";
import { directoryFor, storageAway } from "../housing/home-directory.ts";
import { findById, lockById } from "../subjects/queries.ts";
import { type SubjectRow, widen } from "../tables.ts";
import { ERASE_STORED_KIND } from "./being-erased.ts";
import type { PersonCaller, RescueFiles, StoredPlace } from "./rescue-files.ts";

/** Names in the audit entry; the rest is a number. */
const NAMED = 20;
/** Names a directory without opening it, whoever may read it; Node has no constant for it (fcntl.h). */
const O_PATH = 0o10000000;

/**
 * The order to delete what lies in somebody's storage outside their workspaces, with its audit entry.
 * @param paths below the storage's directory
 * @returns the operation's id
 */
export async function queueErasure(
  context: StorageContext,
  caller: PersonCaller,
  row: SubjectRow,
  paths: readonly string[],
): Promise<string> {
  return context.db.transaction().execute(async (trx) => {
    await recordChange(context, trx, caller, "storage.file.erase", row, {
      files: paths.length,
      paths: paths.slice(0, NAMED),
    });
    const operation = await context.platform.operations.enqueue(trx, {
      kind: ERASE_STORED_KIND,
      subject: { kind: "storage", id: String(row.id) },
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      audience: [caller.accountId],
      input: { account_id: caller.accountId, paths: [...paths] },
    });
    return operation.id;
  });
}

/**
 * Removes it, each by itself and once: killed in the midst, the next run removes the rest, if it comes soon; what can't
 * be removed is told.
 */
export function eraseStoredKind(
  context: StorageContext,
  files: RescueFiles,
  recount: (id: number) => void,
): OperationKind {
  const { platform } = context;
  return {
    kind: ERASE_STORED_KIND,
    ...DELETING,
    async run(run) {
      const { account_id, paths } = run.operation.input as JsonObject & { paths: string[] };
      const accountId = Number(account_id);
      const id = Number(run.operation.subject.id);
      const words = { quotaPage: `${platform.addresses.portalOrigin()}/portal/storage`, log: platform.log };
      const eraseOne = async (path: string, signal: AbortSignal): Promise<string | null> => {
        const held = await holdTheirs(context, run, id, accountId).catch(refusalOf);
        if (held instanceof StoaError) return held.message;
        await using theirs = held;
        const { directory, device, inode } = theirs;
        const place = { directory, device, inode, path };
        return await deletionProblem(run, signal, words, () => files.eraseStored(accountId, place, signal));
      };
      try {
        const items = await eachOnce(run, paths, eraseOne);
        const left = items.filter(({ done }) => !done).length;
        return { erased: items.length - left, left, items: items.map((item) => ({ ...item })) };
      } finally {
        files.largest.forget(accountId);
        recount(id);
      }
    },
  };
}

type Held = Omit<StoredPlace, "path"> & AsyncDisposable;

/**
 * Their storage's directory, by what it is and not by its name alone: it is looked at before its row, so that one of
 * the same name that somebody else has after it is another; and held, so that no other becomes the same.
 * @throws StoaError conflict: it is deleted, or not theirs any more; unavailable
 */
async function holdTheirs(
  context: StorageContext,
  run: Pick<OperationRun, "step">,
  id: number,
  accountId: number,
): Promise<Held> {
  const row = requireTheirs(await findById(context.db, id), accountId);
  const directory = await directoryFor(context, row);
  const handle = await open(directory, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    (error: unknown): Promise<FileHandle> => Promise.reject(storageAway(`${directory} is not there`, error)),
  );
  try {
    const { dev: device, ino: inode } = await handle.stat();
    // Waits for a deletion or a link that is just being written; a later one finds this order under way.
    await run.step(null, async (trx) => requireTheirs(await lockById(widen(trx), id), accountId));
    return { directory, device, inode, [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function requireTheirs(row: SubjectRow | null, accountId: number): SubjectRow {
  if (row !== null && row.deleted_at === null && row.account_id === accountId) return row;
  throw new StoaError("conflict", { message: "This storage is deleted, or is not yours any more." });
}

function refusalOf(error: unknown): StoaError {
  if (error instanceof StoaError && error.expected) return error;
  throw error;
}
