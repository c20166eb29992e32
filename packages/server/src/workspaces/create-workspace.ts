import { createHash } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import { sql } from "kysely";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import type { RequestedFile, readCreation } from "./contract/read-body.ts";
import { merge, withFiles } from "./details/shown-names.ts";
import { type OpenFolder, walkMaking } from "./files/descriptor-walk.ts";
import { WORKSPACE_MODE } from "./files/directories.ts";
import { fileError, isSystemError, tellingOf } from "./files/file-errors.ts";
import { last } from "./files/place-files.ts";
import { removeTree } from "./files/remove-tree.ts";
import { stagingName, writeNew } from "./files/staged-file.ts";
import { requireRoom } from "./queries.ts";
import type { WorkspaceRow, WorkspacesTrx } from "./tables.ts";

type Creation = ReturnType<typeof readCreation>;

/** A request that may come twice: the client's key, and what it asked for. */
export interface Repeatable {
  readonly key: string;
  /** Told apart by it: the same key for another request is refused. */
  readonly body: unknown;
}

/**
 * Makes a workspace with its files. The folder is written and synced under a staged name first; then one short
 * transaction makes the row, gives the folder its name and commits. Killed before the commit it leaves a
 * folder without a row, which the tidying finds; after it, everything.
 * @throws StoaError disk_full, idempotency_mismatch
 */
export async function createWorkspace(
  context: WorkspaceContext,
  caller: Caller,
  request: Creation,
  repeatable: Repeatable | null,
): Promise<WorkspaceRow> {
  const hash = repeatable && createHash("sha256").update(JSON.stringify(repeatable.body)).digest();
  const earlier = repeatable && (await findEarlier(context, caller, repeatable.key));
  if (earlier) return sameRequest(earlier, hash);
  await requireRoom(context.db, caller.accountId, context.config.limits.workspacesPerPerson);
  const files = [...new Map(request.files.map((file) => [file.parts.join("/"), file])).values()];
  await using staging = await context.directories.openStaging(caller.accountId);
  const staged = await stageTree(staging, context.directories.stagingMark, files);
  try {
    const row = await context.db
      .transaction()
      .execute((trx) =>
        insert(context, trx, caller, request, files, repeatable && { key: repeatable.key, hash }, staged),
      );
    if (row) return row;
    return sameRequest(await findEarlier(context, caller, repeatable?.key ?? ""), hash);
  } finally {
    // Gone from here when it got its name.
    await removeTree(staging, staged.name);
  }
}

interface StagedTree {
  readonly folder: OpenFolder;
  readonly name: string;
  readonly bytes: number;
}

async function stageTree(staging: OpenFolder, mark: string, files: readonly RequestedFile[]): Promise<StagedTree> {
  const name = stagingName(mark);
  try {
    await tellingOf("the workspace", () => mkdir(staging.at(name), { mode: WORKSPACE_MODE }));
    await using root = await staging.folder(name);
    let bytes = 0;
    for (const file of files) bytes += await writeFile(root, file);
    await root.sync();
    return { folder: staging, name, bytes };
  } catch (error) {
    await removeTree(staging, name);
    throw error;
  }
}

async function writeFile(root: OpenFolder, { name, parts, content }: RequestedFile): Promise<number> {
  await using folder = await walkMaking(root, parts.slice(0, -1));
  const budget = { limit: content.byteLength, left: content.byteLength };
  const size = await tellingOf(name, () => writeNew(folder, last(parts), [content], budget));
  await folder.sync();
  return size;
}

/** Null: another request with the same key was first. */
async function insert(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  caller: Caller,
  request: Creation,
  files: readonly RequestedFile[],
  once: { key: string; hash: Buffer | null } | null,
  staged: StagedTree,
): Promise<WorkspaceRow | null> {
  const row = await trx
    .insertInto("workspaces")
    .values({
      owner_id: caller.accountId,
      name: request.name,
      description: request.description,
      default_job_type: request.defaultJobType ?? null,
      request_details: JSON.stringify({
        files: merge(
          [],
          request.files.map(({ name }) => name),
        ),
        symlinks: [],
      }),
      current_details: JSON.stringify(
        withFiles(
          { files: [], symlinks: [] },
          files.map(({ parts }) => parts),
        ),
      ),
      disk_space: staged.bytes,
      idempotency_key: once?.key ?? null,
      request_hash: once?.hash ?? null,
    })
    .onConflict((conflict) =>
      conflict.columns(["owner_id", "idempotency_key"]).where("idempotency_key", "is not", null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  await recordWrite(context, trx, caller, "workspace.create", row, { files: files.length });
  await publishChange(context, trx, row, "created");
  // Deferred complaints come before the folder gets its name, not after.
  await sql`set constraints all immediate`.execute(trx);
  await giveName(context, caller.accountId, staged, row.id);
  return row;
}

async function giveName(context: WorkspaceContext, ownerId: number, staged: StagedTree, id: number): Promise<void> {
  await using account = await context.directories.openAccount(ownerId);
  const move = () => rename(staged.folder.at(staged.name), account.at(String(id)));
  try {
    await move();
  } catch (error) {
    if (!isSystemError(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) throw fileError(error, "the workspace");
    // Of another database's workspace (the data directory outlived it): kept, out of the way.
    const aside = `.unclaimed-${id}-${Date.now()}`;
    await rename(account.at(String(id)), account.at(aside));
    context.log.warn({ ownerId, id, aside }, "a folder without a workspace stood in a new one's place; moved aside");
    await move();
  }
  await account.sync();
}

async function findEarlier(context: WorkspaceContext, caller: Caller, key: string): Promise<WorkspaceRow | undefined> {
  return context.db
    .selectFrom("workspaces")
    .selectAll()
    .where("owner_id", "=", caller.accountId)
    .where("idempotency_key", "=", key)
    .executeTakeFirst();
}

function sameRequest(earlier: WorkspaceRow | undefined, hash: Buffer | null): WorkspaceRow {
  if (!earlier || !hash || !earlier.request_hash?.equals(hash)) throw new StoaError("idempotency_mismatch");
  return earlier;
}
