import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind } from "../../platform/operations/contract.ts";
import { DELETING, deletionProblem, eachOnce } from "../../platform/operations/each-once.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { parsePath } from "../files/file-names.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import { widen } from "../tables.ts";
import { eraseEntries } from "../trash/erase.ts";

export const ERASE_FILES_KIND = "files.erase";
/** Names in the audit entry; the rest is a number. */
const NAMED = 20;

/** What is to be gone for good: a file or folder of a workspace, or an entry of the trash. */
export type Doomed = { readonly workspace: number; readonly path: string } | { readonly trashEntry: number };

export interface ErasingForGood {
  /** Operations that remove the files, one for the workspaces' and one for the trash's. */
  readonly operations: readonly string[];
  /** In the order asked; a problem: this one stays, the others go. */
  readonly items: readonly { readonly accepted: boolean; readonly problem: string | null }[];
}

type Place = { readonly workspace: number; readonly path: string };

/**
 * Deletes for good, past the trash: what lies there counts like the rest, and on the way to it a full quota has no room
 * for a folder. Each item goes or stays by itself.
 * @throws StoaError not_found when nothing of it is the caller's
 */
export async function eraseForGood(
  context: WorkspaceContext,
  caller: Caller,
  doomed: readonly Doomed[],
): Promise<ErasingForGood> {
  const problems = doomed.map((one) => ("path" in one ? problemOfPath(one.path) : null));
  const places = doomed.flatMap((one, index) => ("path" in one && problems[index] === null ? [{ ...one, index }] : []));
  const operations: string[] = [];
  for (const [workspace, ones] of Map.groupBy(places, (one) => one.workspace)) {
    const queued = await queue(context, caller, workspace, ones).catch(refusalOf);
    if (typeof queued === "string") operations.push(queued);
    else for (const { index } of ones) problems[index] = queued.message;
  }
  const entries = doomed.flatMap((one, index) => ("trashEntry" in one ? [{ id: one.trashEntry, index }] : []));
  if (entries.length > 0) {
    const theirs = await ownEntries(
      context,
      caller.accountId,
      entries.map(({ id }) => id),
    );
    for (const { id, index } of entries) {
      if (!theirs.has(id))
        problems[index] = new StoaError("not_found", { details: { what: "entry in the trash" } }).message;
    }
    if (theirs.size > 0) {
      const { operation_id: id } = await eraseEntries(context, caller, { ids: [...theirs] });
      if (id !== null) operations.push(id);
    }
  }
  if (operations.length === 0) throw new StoaError("not_found", { details: { what: "such file or folder of yours" } });
  return { operations, items: problems.map((problem) => ({ accepted: problem === null, problem })) };
}

function problemOfPath(path: string): string | null {
  try {
    return parsePath(path).length === 0 ? "A whole workspace is deleted as one, and then out of the trash." : null;
  } catch (error) {
    return refusalOf(error).message;
  }
}

function refusalOf(error: unknown): StoaError {
  if (error instanceof StoaError && error.expected && error.status < 500) return error;
  throw error;
}

async function ownEntries({ db }: WorkspaceContext, ownerId: number, ids: readonly number[]): Promise<Set<number>> {
  const rows = await db
    .selectFrom("trash_entries")
    .select("id")
    .where("owner_id", "=", ownerId)
    .where("state", "=", "kept")
    .where("id", "in", [...ids])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The order for one workspace's, with its audit entry. @throws StoaError not_found, conflict */
async function queue(
  context: WorkspaceContext,
  caller: Caller,
  workspace: number,
  places: readonly Place[],
): Promise<string> {
  const paths = places.map(({ path }) => parsePath(path).join("/"));
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, caller.accountId, workspace);
    if (!isWritable(row)) throw new StoaError("not_found", { details: { what: "workspace" } });
    await recordWrite(context, trx, caller, "workspace.file.erase", row, {
      files: paths.length,
      paths: paths.slice(0, NAMED),
    });
    const { id } = await context.operations.enqueue(trx, {
      kind: ERASE_FILES_KIND,
      subject: { kind: "workspace", id: String(workspace) },
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      audience: [caller.accountId],
      input: { owner_id: caller.accountId, name: row.name, paths },
    });
    return id;
  });
}

/**
 * Removes what was given up, each by itself and once: killed in the midst, the next run removes the rest, if it comes
 * soon; what can't be removed is told.
 */
export function eraseFilesKind(context: WorkspaceContext): OperationKind {
  return {
    kind: ERASE_FILES_KIND,
    ...DELETING,
    async run(run) {
      const { operation, step } = run;
      const { owner_id: owner, paths } = operation.input as JsonObject & { paths: string[] };
      const ownerId = Number(owner);
      const workspace = Number(operation.subject.id);
      const words = { quotaPage: `${context.room.address()}/storage`, log: context.log };
      const items = await eachOnce(run, paths, (path, signal) =>
        deletionProblem(run, signal, words, () =>
          context.files.run(ownerId, "eraseEntry", { workspace, parts: parsePath(path) }, { signal }),
        ),
      );
      await step(null, async (trx) => {
        await wantScan(widen(trx), workspace);
        await publishChange(context, widen(trx), { id: workspace, owner_id: ownerId }, "files");
      });
      context.room.recount(ownerId);
      const left = items.filter(({ done }) => !done);
      if (left.length === items.length && left.length > 0) throw notOne(left[0]?.problem ?? "", left.length);
      return {
        workspace_id: workspace,
        erased: items.length - left.length,
        left: left.length,
        items: items.map((item) => ({ ...item })),
      };
    },
  };
}

function notOne(problem: string, count: number): StoaError {
  return new StoaError("conflict", {
    message: count === 1 ? problem : `None of ${count} could be removed. ${problem}`,
  });
}
