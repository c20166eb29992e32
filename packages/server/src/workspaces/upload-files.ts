import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import type { OpenFolder } from "./files/descriptor-walk.ts";
import type { Placement } from "./files/place-files.ts";
import { type ByteSource, stageFile } from "./files/staged-file.ts";
import { isWritable, lockOwn } from "./queries.ts";
import { placeInWorkspace, withStaging } from "./write-files.ts";

/** One file on its way in; its bytes are read once, in turn. */
export interface IncomingFile {
  readonly parts: readonly string[];
  readonly bytes: ByteSource;
}

/**
 * Receives files into a workspace: all are staged and synced first, then all get their names in one
 * transaction. What was answered is on the disk; what was not leaves no half-written file.
 * @returns how many; null when the caller has no such workspace
 * @throws StoaError too_large (all files together above `limits.uploadBytes`), disk_full, conflict
 */
export async function uploadFiles(
  context: WorkspaceContext,
  caller: Caller,
  id: number,
  files: AsyncIterable<IncomingFile>,
): Promise<{ count: number; bytes: number } | null> {
  return withStaging(context, caller.accountId, async (staging, placements) => {
    const bytes = await stageAll(context, staging, files, placements);
    if (placements.length === 0) return { count: 0, bytes: 0 };
    return context.db.transaction().execute(async (trx) => {
      const row = await lockOwn(trx, caller.accountId, id);
      if (!isWritable(row)) return null;
      const paths = placements.slice(0, 20).map(({ parts }) => parts.join("/"));
      await recordWrite(context, trx, caller, "workspace.upload", row, { files: placements.length, bytes, paths });
      await publishChange(context, trx, row, "files");
      await placeInWorkspace(context, trx, row, staging, placements);
      return { count: placements.length, bytes };
    });
  });
}

/** Appends to `placements` as each file is whole, so that the caller can clear them away. Returns the bytes. */
async function stageAll(
  context: WorkspaceContext,
  staging: OpenFolder,
  files: AsyncIterable<IncomingFile>,
  placements: Placement[],
): Promise<number> {
  const limit = context.config.limits.uploadBytes;
  const budget = { limit, left: limit };
  for await (const { parts, bytes } of files) {
    const staged = await stageFile(staging, context.directories.stagingMark, bytes, budget, parts.join("/"));
    placements.push({ parts, staged });
  }
  return limit - budget.left;
}
