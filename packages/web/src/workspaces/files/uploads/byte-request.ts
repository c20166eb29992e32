import { ApiError, errorFrom } from "../../../api/api-error.ts";
import { callContext, callHeaders } from "../../../api/client.ts";

export interface Answer {
  readonly status: number;
  header(name: string): string | null;
}

interface ByteRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob;
  readonly signal: AbortSignal;
  /** Bytes of the body that have left. */
  readonly onProgress?: (sent: number) => void;
}

type Method = "POST" | "HEAD" | "PATCH" | "PUT" | "DELETE";

/**
 * A call that tells how far its body is: XMLHttpRequest, because fetch does not.
 * @throws ApiError; DOMException AbortError when `signal` aborts
 */
export async function byteRequest(method: Method, url: string, options: ByteRequest): Promise<Answer> {
  try {
    return await once(method, url, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "csrf") throw error;
    await callContext.refreshSession();
    return once(method, url, options);
  }
}

function once(method: Method, url: string, { headers = {}, body, signal, onProgress }: ByteRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...callHeaders(method), ...headers })) {
      request.setRequestHeader(name, value);
    }
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () =>
      request.status < 300
        ? resolve({ status: request.status, header: (name) => request.getResponseHeader(name) })
        : reject(refusal(request));
    request.onerror = () => reject(new ApiError({ status: 0, code: "network", message: "network" }));
    request.onabort = () => reject(new DOMException("Upload stopped", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", abort);
    signal.throwIfAborted();
    signal.addEventListener("abort", abort, { once: true });
    request.send(body ?? null);
  });
}

function refusal(request: XMLHttpRequest): ApiError {
  let body: unknown;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    body = undefined;
  }
  return errorFrom(request.status, body, request.getResponseHeader("x-request-id"));
}
