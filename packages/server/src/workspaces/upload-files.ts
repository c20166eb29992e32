import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import type { ByteSource } from "./files/staged-file.ts";
import { isWritable, lockOwn } from "./queries.ts";
import { transactAs } from "./transact-as.ts";
import { placeInWorkspace, type Staging, withStaging } from "./write-files.ts";

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
  return withStaging(context, caller.accountId, async (staging) => {
    const { placements } = staging;
    const bytes = await stageAll(context, caller.accountId, files, staging);
    if (placements.length === 0) return { count: 0, bytes: 0 };
    return transactAs(context, caller.accountId, async (trx) => {
      const row = await lockOwn(trx, caller.accountId, id);
      if (!isWritable(row)) return null;
      const paths = placements.slice(0, 20).map(({ parts }) => parts.join("/"));
      await recordWrite(context, trx, caller, "workspace.upload", row, { files: placements.length, bytes, paths });
      await publishChange(context, trx, row, "files");
      await placeInWorkspace(context, trx, row, staging);
      return { count: placements.length, bytes };
    });
  });
}

/** Notes each file as it is whole, so that the caller can clear them away. Returns the bytes. */
async function stageAll(
  context: WorkspaceContext,
  ownerId: number,
  files: AsyncIterable<IncomingFile>,
  { placements }: Staging,
): Promise<number> {
  const limit = context.config.limits.uploadBytes;
  let left = limit;
  for await (const { parts, bytes } of files) {
    const question = { what: parts.join("/"), limit, left };
    const staged = await context.files.run(ownerId, "stageUpload", question, { input: bytes });
    placements.push({ parts, staged });
    left -= staged.size;
  }
  return limit - left;
}
