import type { IncomingHttpHeaders } from "node:http";

/** What can be seen of a request that was given up before it was read. It decides about an answer's form, no more. */
export interface UnreadRequest {
  /** "" when not even the first line is there. */
  readonly method: string;
  readonly path: string;
  readonly headers: Pick<IncomingHttpHeaders, (typeof LOOKED_FOR)[number]>;
}

const LOOKED_FOR = ["host", "accept", "accept-language"] as const;
const FIRST_LINE = /^([A-Z]{1,32}) (\S{1,65536}) HTTP\/1\.[01]\r\n/;
/** Bytes; a browser sends what matters here before its cookies, in one packet. */
const LOOKED_AT = 65_536;

/** @param packet the one with which node gave up */
export function unreadRequest(packet: unknown): UnreadRequest {
  const text = Buffer.isBuffer(packet) ? packet.subarray(0, LOOKED_AT).toString("latin1") : "";
  const [, method = "", path = "/"] = FIRST_LINE.exec(text) ?? [];
  const found = LOOKED_FOR.map((name) => [
    name,
    new RegExp(`\\r\\n${name}:[ \\t]*([^\\r\\n]*)\\r\\n`, "i").exec(text)?.[1],
  ]);
  return { method, path, headers: Object.fromEntries(found.filter(([, value]) => value !== undefined)) };
}
