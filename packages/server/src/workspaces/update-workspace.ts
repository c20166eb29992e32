import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import { refusals, refused } from "./contract/messages.ts";
import { bytesOf, type RequestedFile, type WorkspaceRequest } from "./contract/read-body.ts";
import { merge, mergeRequested } from "./details/shown-names.ts";
import { type FoundLink, findTargets, lastOfEach } from "./link-targets.ts";
import { isWritable, lockOwn } from "./queries.ts";
import { requireStorage } from "./storage-room/storage-room.ts";
import type { WorkspaceRow, WorkspacesTrx } from "./tables.ts";
import { transactAs } from "./transact-as.ts";
import { placeInWorkspace, type Staging, withStaging } from "./write-files.ts";

/**
 * Changes what the request names; files of existing names are overwritten, each at once.
 * @returns false when the caller has no such workspace
 * @throws StoaError conflict (a folder in a file's place), disk_full
 */
export async function updateWorkspace(
  context: WorkspaceContext,
  caller: Caller,
  id: number,
  request: WorkspaceRequest,
): Promise<boolean> {
  return withStaging(context, caller.accountId, async (staging) => {
    await stage(context, caller.accountId, request.files, staging);
    const links = lastOfEach(await findTargets(context, caller.accountId, request.links));
    await stageLinks(context, caller.accountId, id, links, staging);
    return transactAs(context, caller.accountId, async (trx) => {
      const row = await lockOwn(trx, caller.accountId, id);
      if (!isWritable(row)) return false;
      await setFields(trx, row, request);
      const changed = Object.keys(request).filter((field) => field !== "files" && field !== "links");
      await recordWrite(context, trx, caller, "workspace.update", row, {
        changed,
        files: request.files.length,
        links: links.length,
      });
      await publishChange(context, trx, row, "updated");
      if (staging.placements.length > 0) await placeInWorkspace(context, trx, row, staging);
      return true;
    });
  });
}

async function stage(
  context: WorkspaceContext,
  ownerId: number,
  files: readonly RequestedFile[],
  { placements }: Staging,
): Promise<void> {
  if (files.length === 0) return;
  await requireStorage(context, ownerId, bytesOf(files));
  const input = files.map(({ content }) => content);
  const sizes = files.map(({ name, content }) => ({ what: name, size: content.byteLength }));
  const staged = await context.files.run(ownerId, "stageFiles", { files: sizes }, { input });
  for (const [index, { parts }] of files.entries()) {
    const whole = staged[index];
    if (whole) placements.push({ parts, staged: whole });
  }
}

/** @throws StoaError with the contract's words where a folder or a link is in the way */
async function stageLinks(
  context: WorkspaceContext,
  ownerId: number,
  workspace: number,
  links: readonly FoundLink[],
  staging: Staging,
): Promise<void> {
  if (links.length === 0) return;
  const places = links.map(({ parts }) => parts);
  const blocked = await context.files.run(ownerId, "firstBlocked", { workspace, places });
  if (blocked !== null) throw refused(refusals.symlinkDestination(links[blocked]?.name ?? ""));
  const targets = links.map(({ leadsTo }) => leadsTo);
  const staged = await context.files.run(ownerId, "stageLinks", { targets });
  for (const [index, { parts }] of links.entries()) {
    const made = staged[index];
    if (made) staging.placements.push({ parts, staged: made, isLink: true });
  }
}

async function setFields(trx: WorkspacesTrx, row: WorkspaceRow, request: WorkspaceRequest): Promise<void> {
  const names = request.files.map(({ name }) => name);
  await trx
    .updateTable("workspaces")
    .set({
      name: request.name ?? row.name,
      description: request.description ?? row.description,
      default_job_type: request.defaultJobType === undefined ? row.default_job_type : request.defaultJobType,
      request_details: JSON.stringify({
        files: merge(row.request_details.files, names),
        symlinks: mergeRequested(
          row.request_details.symlinks,
          request.links.map(({ details }) => details),
        ),
      }),
      modified_at: new Date(),
    })
    .where("id", "=", row.id)
    .execute();
}
