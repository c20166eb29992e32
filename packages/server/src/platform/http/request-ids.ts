import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A new id for each request; one that a trusted proxy gave is kept, so that its log and ours meet. */
export function createRequestIds(
  isTrusted: (address: string | undefined) => boolean,
): (req: Pick<IncomingMessage, "headers" | "socket">) => string {
  return ({ headers, socket }) => {
    const given = headers["x-request-id"];
    if (typeof given === "string" && /^[\w.:-]{8,128}$/.test(given) && isTrusted(socket?.remoteAddress)) return given;
    return randomUUID();
  };
}
