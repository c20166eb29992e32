import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind } from "../../platform/operations/contract.ts";
import { recordChange, type StorageContext } from "../context.ts";
import { directoryFor } from "../housing/home-directory.ts";
import { findById } from "../subjects/queries.ts";
import type { SubjectRow } from "../tables.ts";
import type { PersonCaller, RescueFiles } from "./rescue-files.ts";

export const ERASE_STORED_KIND = "storage.erase";
/** Names in the audit entry; the rest is a number. */
const NAMED = 20;
/** What takes longer is told as not done, and can be asked for again. */
const ITEM_MS = 10 * 60_000;

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

/** Removes it, each by itself. Killed in the midst, the next attempt removes the rest; what can't be removed is told. */
export function eraseStoredKind(
  context: StorageContext,
  files: RescueFiles,
  recount: (id: number) => void,
): OperationKind {
  return {
    kind: ERASE_STORED_KIND,
    attempts: 3,
    heartbeatSeconds: 60,
    expireSeconds: 6 * 3_600,
    concurrency: 2,
    perActor: 1,
    async run({ operation, signal, progress }) {
      const { account_id, paths } = operation.input as JsonObject & { paths: string[] };
      const accountId = Number(account_id);
      const id = Number(operation.subject.id);
      const items: { path: string; done: boolean; problem: string | null }[] = [];
      try {
        for (const path of paths) {
          signal.throwIfAborted();
          // It may have been given to somebody else since the last one.
          const row = await findById(context.db, id);
          if (row === null || row.account_id !== accountId) {
            throw new StoaError("not_found", { details: { what: "storage" } });
          }
          const directory = await directoryFor(context, row);
          const problem = await problemOf(context, signal, (bounded) =>
            files.eraseStored(accountId, { directory, path }, bounded),
          );
          items.push({ path, done: problem === null, problem });
          await progress(Math.min(99, Math.floor((100 * items.length) / paths.length)));
        }
      } finally {
        files.largest.forget(accountId);
        recount(id);
      }
      const left = items.filter(({ done }) => !done);
      return { erased: items.length - left.length, left: left.length, items };
    },
  };
}

/** Why it is still there; null: it is gone. */
async function problemOf(
  { platform }: StorageContext,
  signal: AbortSignal,
  erase: (bounded: AbortSignal) => Promise<void>,
): Promise<string | null> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ITEM_MS)]);
  try {
    await erase(bounded);
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof StoaError && error.code === "not_found") return null;
    if (error instanceof StoaError && error.code === "disk_full") {
      return `Even deleting needs room here, and there is none left. Raise your quota for a while first, at ${platform.addresses.portalOrigin()}/portal/storage.`;
    }
    if (error instanceof StoaError && error.expected && error.code !== "unavailable") return error.message;
    if (bounded.aborted) return "It took too long. A part of it is gone; ask again for the rest.";
    throw error;
  }
}
