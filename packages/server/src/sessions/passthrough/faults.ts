import { errors } from "undici";
import { type Refusal, refusals } from "./refusals.ts";

/** What a failed exchange with a program means to the person who asked. */
export function faultOf(error: Error): Refusal {
  const code = codeOf(error);
  if (code === "UND_ERR_HEADERS_OVERFLOW" || code === "HPE_HEADER_OVERFLOW") return refusals.answerTooLarge;
  if (error instanceof errors.HTTPParserError) return refusals.notHttp;
  if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") return refusals.notHttp;
  if (code === "ERR_INVALID_CHAR" || code === "ERR_HTTP_INVALID_STATUS_CODE") return refusals.notHttp;
  if (NOBODY_THERE.has(code)) return refusals.notListening;
  return refusals.noAnswer;
}

/**
 * The connection was used before, or reset: it may have ended just as it was taken up again. One that is new and
 * closes without a word is the program's own doing.
 */
export function mayBeStale(error: Error): boolean {
  const code = codeOf(error);
  if (code === "ECONNRESET" || code === "EPIPE") return true;
  return error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0;
}

const NOBODY_THERE = new Set(["ECONNREFUSED", "ENOENT", "EACCES", "UND_ERR_CONNECT_TIMEOUT", "EHOSTUNREACH"]);

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
