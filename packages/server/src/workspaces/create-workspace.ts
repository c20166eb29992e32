import { createHash } from "node:crypto";
import { sql } from "kysely";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import { bytesOf, type RequestedFile, type readCreation } from "./contract/read-body.ts";
import { merge, mergeRequested, withFiles, withLinks } from "./details/shown-names.ts";
import { type FoundLink, findTargets, lastOfEach } from "./link-targets.ts";
import { requireRoom } from "./queries.ts";
import { requireStorage } from "./storage-room/storage-room.ts";
import type { WorkspaceRow, WorkspacesTrx } from "./tables.ts";
import { transactAs } from "./transact-as.ts";

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
  const links = lastOfEach(await findTargets(context, caller.accountId, request.links));
  const linked = new Set(links.map(({ parts }) => parts.join("/")));
  const files = lastOfEach(request.files).filter(({ parts }) => !linked.has(parts.join("/")));
  if (files.length > 0) await requireStorage(context, caller.accountId, bytesOf(files));
  const staged = await stage(context, caller.accountId, files, links);
  let named = false;
  try {
    const row = await transactAs(context, caller.accountId, (trx) =>
      insert(context, trx, caller, request, files, repeatable && { key: repeatable.key, hash }, staged),
    );
    named = row !== null;
    return row ?? sameRequest(await findEarlier(context, caller, repeatable?.key ?? ""), hash);
  } finally {
    if (!named) await discard(context, caller.accountId, staged);
  }
}

/** Not there any more when it got its name and only the commit failed. */
async function discard(context: WorkspaceContext, ownerId: number, { name }: StagedTree): Promise<void> {
  await context.files.run(ownerId, "discardStaged", { names: [name] }).catch((error: unknown) => {
    context.log.warn({ err: error, ownerId }, "a staged workspace stays until the next sweep");
  });
}

type StagedTree = Awaited<ReturnType<typeof stage>>;

async function stage(
  context: WorkspaceContext,
  ownerId: number,
  files: readonly RequestedFile[],
  found: readonly FoundLink[],
) {
  const links = found.map(({ parts, leadsTo }) => ({ parts, target: leadsTo }));
  const list = files.map(({ name, parts, content }) => ({ what: name, parts, size: content.byteLength }));
  const input = files.map(({ content }) => content);
  return context.files.run(ownerId, "stageWorkspace", { files: list, links }, { input });
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
        symlinks: mergeRequested(
          [],
          request.links.map(({ details }) => details),
        ),
      }),
      current_details: JSON.stringify(
        withLinks(
          withFiles(
            { files: [], symlinks: [] },
            files.map(({ parts }) => parts),
          ),
          request.links.map(({ parts }) => parts),
        ),
      ),
      disk_space: staged.bytes,
      // What is in it is known: only what was taken over from elsewhere has never been looked at.
      scan_wanted: 1,
      scan_done: 1,
      idempotency_key: once?.key ?? null,
      request_hash: once?.hash ?? null,
    })
    .onConflict((conflict) =>
      conflict.columns(["owner_id", "idempotency_key"]).where("idempotency_key", "is not", null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  await requireRoom(trx, caller.accountId, context.config.limits.workspacesPerPerson, 1);
  await recordWrite(context, trx, caller, "workspace.create", row, {
    files: files.length,
    links: request.links.length,
  });
  await publishChange(context, trx, row, "created");
  // Deferred complaints come before the folder gets its name, not after.
  await sql`set constraints all immediate`.execute(trx);
  await giveName(context, caller.accountId, staged, row.id);
  return row;
}

async function giveName(context: WorkspaceContext, ownerId: number, staged: StagedTree, id: number): Promise<void> {
  const { aside } = await context.files.run(ownerId, "nameWorkspace", { staged: staged.name, workspace: id });
  if (aside === null) return;
  context.log.warn({ ownerId, id, aside }, "a folder without a workspace stood in a new one's place; moved aside");
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
