import { ApiError, asApiError } from "../../../api/api-error.ts";
import { metadata, offsetOf, sendRest, tusRequest, untilThrough } from "./tus.ts";
import { begunFor, forgetBegun, rememberBegun } from "./upload-memory.ts";
import type { SendFile } from "./upload-queue.ts";

const uploadsAddress = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/uploads`;

/** Bytes up to which there is nothing to resume. */
const wholeBytes = 2 * 2 ** 20;

/** Begins an upload, or goes on with the one that this browser began of the same file, and brings it to its end. */
export const sendUpload: SendFile = async (workspaceId, path, file, sending) => {
  const known = { workspaceId, path, size: file.size, modified: file.lastModified };
  const begun = begunFor(known);
  const resumed = begun && (await untilThrough(() => resume(begun.url, sending.signal), sending));
  const { url, offset } = resumed ?? (await untilThrough(() => begin(workspaceId, path, file, sending), sending));
  if (offset >= file.size) return forgetBegun(url);
  if (!resumed) rememberBegun({ ...known, url, at: Date.now() });
  try {
    await sendRest(url, file, offset, sending);
    forgetBegun(url);
  } catch (thrown) {
    // Stopped by the person: the server need not keep its part. What failed otherwise may be taken up again.
    const { status } = asApiError(thrown);
    if (sending.signal.aborted) discardUpload(url);
    else if (status !== 0) forgetBegun(url);
    throw thrown;
  }
};

/** What the server has of it; undefined when it has forgotten, then it is begun anew. */
async function resume(url: string, signal: AbortSignal): Promise<{ url: string; offset: number } | undefined> {
  try {
    return { url, offset: await offsetOf(url, signal) };
  } catch (error) {
    // Forgotten, over, or somebody else's by now: begun anew. Anything else is told.
    if (!(error instanceof ApiError) || ![403, 404, 410].includes(error.status)) throw error;
    forgetBegun(url);
    return undefined;
  }
}

/** A small file comes whole with the request that begins it. */
async function begin(workspaceId: number, path: string, file: File, sending: Parameters<SendFile>[3]) {
  const whole = file.size > 0 && file.size <= wholeBytes;
  const answer = await tusRequest("POST", uploadsAddress(workspaceId), {
    headers: {
      "Upload-Length": String(file.size),
      "Upload-Metadata": metadata({ path, on_conflict: sending.onConflict ?? "refuse" }),
      ...(whole ? { "Content-Type": "application/offset+octet-stream" } : {}),
    },
    ...(whole ? { body: file, onProgress: sending.progress } : {}),
    signal: sending.signal,
  });
  const location = answer.header("location");
  if (location === null) throw new ApiError({ status: answer.status, code: "defect", message: "no Location" });
  // Behind a proxy it may name another host: what counts is the place on our own origin.
  const url = new URL(location, window.location.href).pathname;
  return { url, offset: Number(answer.header("upload-offset") ?? 0) };
}

/** Lets the server throw away what it has. It does so by itself after some days. */
export function discardUpload(url: string): void {
  forgetBegun(url);
  void tusRequest("DELETE", url, { signal: new AbortController().signal }).catch(() => {});
}
