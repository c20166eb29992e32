import { errorFrom } from "./api-error.ts";
import { callHeaders } from "./client.ts";
import { fileAddress } from "./files.ts";

/**
 * Sends one file as the raw body. XMLHttpRequest, because fetch tells nothing of how far an upload is.
 * @param onProgress called with the bytes sent so far
 * @throws ApiError; DOMException AbortError when `signal` aborts
 */
export function uploadFile(
  workspaceId: number,
  path: string,
  file: File,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", fileAddress(workspaceId, path));
    for (const [name, value] of Object.entries(callHeaders("PUT"))) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => reject(refusal(request));
    request.onabort = () => reject(new DOMException("Upload stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function refusal(request: XMLHttpRequest) {
  let body: unknown;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    body = undefined;
  }
  return errorFrom(request.status, body, request.getResponseHeader("x-request-id"));
}
