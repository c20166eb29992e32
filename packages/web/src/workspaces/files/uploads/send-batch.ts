import { asApiError } from "../../../api/api-error.ts";
import { address } from "../../../api/client.ts";
import { checksum, namesIn } from "../../../api/files.ts";
import { folderOf } from "../file-path.ts";
import { byteRequest } from "./byte-request.ts";
import { untilThrough } from "./tus.ts";
import type { BatchFile, Outcome, SendBatch } from "./upload-queue.ts";

const batchAddress = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/files/batch`;

/** Statuses that may be one file's fault: a name that can't be, more than a limit, a folder in its way. */
const mayBeOneOfThem = new Set([400, 409, 413, 422]);

/** Small files as one tar archive. The server takes all of it or nothing: what stands in the way is found out then. */
export const sendBatch: SendBatch = async (workspaceId, files, { onConflict, signal, progress, stalled }) => {
  const tar = await packed(files);
  if (tar === null) return files.map(() => "alone");
  let broken = false;
  const sending = {
    signal,
    stalled(lost: boolean) {
      broken ||= lost;
      stalled(lost);
    },
  };
  const shareOut = sharing(files, tar.size, progress);
  const url = address(batchAddress(workspaceId), { on_conflict: onConflict ?? "refuse" });
  const headers = { "Content-Type": "application/x-tar" };
  try {
    await untilThrough(() => byteRequest("PUT", url, { headers, body: tar, signal, onProgress: shareOut }), sending);
    return files.map(() => "done");
  } catch (thrown) {
    const { status } = asApiError(thrown);
    if (signal.aborted || !mayBeOneOfThem.has(status)) throw thrown;
    if (status !== 409 || onConflict !== undefined) return files.map(() => "alone");
    return whoseNamesAreTaken(workspaceId, files, broken, signal);
  }
};

/** Null: one of them can't be read any more. */
async function packed(files: readonly BatchFile[]): Promise<Blob | null> {
  // Only those who upload many files need it.
  const { packTar } = await import("modern-tar");
  try {
    const entries = files.map(({ path, file }) => ({
      header: { name: path, size: file.size, type: "file" as const, mtime: new Date(file.lastModified) },
      body: file,
    }));
    return new Blob([await packTar(entries)]);
  } catch {
    return null;
  }
}

/** Tells each file's part of what has left: the first files leave first. */
function sharing(files: readonly BatchFile[], tarBytes: number, progress: (at: number, sent: number) => void) {
  const all = files.reduce((sum, { file }) => sum + file.size, 0);
  return (sent: number) => {
    let left = Math.floor(all * Math.min(1, sent / tarBytes));
    files.forEach(({ file }, at) => {
      const share = Math.min(left, file.size);
      progress(at, share);
      left -= share;
    });
  };
}

async function whoseNamesAreTaken(
  workspaceId: number,
  files: readonly BatchFile[],
  broken: boolean,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const there = new Map<string, number | null>();
  for (const folder of new Set(files.map(({ path }) => folderOf(path)))) {
    const names = await namesIn(workspaceId, folder, signal);
    // Too many to look through.
    if (names === null) return files.map(() => "alone");
    for (const { path, size } of names) there.set(path, size);
  }
  // Something else is in the way, such as a file where a folder should be.
  if (!files.some(({ path }) => there.has(path))) return files.map(() => "alone");
  const outcomes: Outcome[] = [];
  for (const one of files) {
    if (!there.has(one.path)) outcomes.push("again");
    else {
      const ours = (broken || one.maybeThere) && there.get(one.path) === one.file.size;
      outcomes.push(ours && (await isSame(workspaceId, one)) ? "done" : "taken");
    }
  }
  return outcomes;
}

/** An attempt whose answer was lost may have put it there. */
async function isSame(workspaceId: number, { path, file }: BatchFile): Promise<boolean> {
  // Without TLS a browser has no digests.
  if (!("subtle" in crypto)) return false;
  const own = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const hex = [...own].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return checksum(workspaceId, path).then(
    ({ digest }) => digest === hex,
    () => false,
  );
}
