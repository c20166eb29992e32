import { type ApiError, asApiError } from "../../../api/api-error.ts";
import { byteRequest } from "./byte-request.ts";

/** Bytes in one request: many enough to cost nothing, few enough for proxies that bound a request's body. */
const pieceBytes = 64 * 2 ** 20;
const version = { "Tus-Resumable": "1.0.0" };

/** One request of the tus protocol (https://tus.io/protocols/resumable-upload, version 1.0.0). */
export const tusRequest: typeof byteRequest = (method, url, options) =>
  byteRequest(method, url, { ...options, headers: { ...version, ...options.headers } });

/** Tries until it gets through: what passes by itself is waited for. @throws ApiError what does not */
export async function untilThrough<T>(
  attempt: () => Promise<T>,
  { signal, stalled }: Pick<Sending, "signal" | "stalled">,
  wait = pause,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      const result = await attempt();
      stalled(false);
      return result;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asApiError(thrown);
      if (!passing(error) || tries > mostTries) throw error;
      stalled(true);
      await wait(waitBefore(tries), signal);
    }
  }
}

/** `key base64(value)` pairs; the texts are UTF-8. */
export function metadata(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`)
    .join(",");
}

/** Bytes that the server has of it. */
export async function offsetOf(url: string, signal: AbortSignal): Promise<number> {
  const answer = await tusRequest("HEAD", url, { signal });
  return Number(answer.header("upload-offset") ?? 0);
}

export interface Sending {
  readonly signal: AbortSignal;
  progress(sentBytes: number): void;
  stalled(lost: boolean): void;
}

/** Passes by itself: nothing came back, the server is away or says "later", or another request of ours holds the file. */
const passing = (error: ApiError) => error.transient || [408, 423, 425, 429, 500].includes(error.status);
const longestWaitMs = 20_000;
const waitBefore = (tries: number) => Math.min(longestWaitMs, 500 * 2 ** Math.min(tries, 8));
/** Tries without a byte getting through. With the waits between them: a quarter of an hour. */
const mostTries = 50;

/**
 * Sends what the server does not have yet, and goes on after every break of the connection.
 * @param wait between tries; in tests shorter
 * @throws ApiError what does not pass by itself
 */
export async function sendRest(
  url: string,
  file: Blob,
  from: number,
  { signal, progress, stalled }: Sending,
  wait = pause,
): Promise<void> {
  let offset = from;
  let tries = 0;
  while (offset < file.size) {
    const start = offset;
    try {
      // After a failure the server says what arrived: more than it acknowledged, perhaps.
      if (tries > 0) offset = await offsetOf(url, signal);
      if (offset > start) tries = 0;
      offset = await sendPiece(url, file, offset, { signal, progress });
      tries = 0;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asApiError(thrown);
      // 409: our offset is not the server's; asking for it mends that.
      if (!(passing(error) || error.status === 409) || ++tries > mostTries) throw error;
      stalled(true);
      await wait(waitBefore(tries), signal);
    }
    if (tries === 0) stalled(false);
  }
}

async function sendPiece(url: string, file: Blob, offset: number, sending: Pick<Sending, "signal" | "progress">) {
  sending.progress(offset);
  if (offset >= file.size) return offset;
  const answer = await tusRequest("PATCH", url, {
    headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) },
    body: file.slice(offset, offset + pieceBytes),
    signal: sending.signal,
    onProgress: (sent) => sending.progress(offset + sent),
  });
  const next = Number(answer.header("upload-offset"));
  return Number.isFinite(next) && next > offset ? next : Math.min(file.size, offset + pieceBytes);
}

/** Waits, but no longer than until the browser says that it is online again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
