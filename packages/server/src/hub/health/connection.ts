import { request } from "undici";
import { isTooOld } from "./probe.ts";
import { networkTrouble } from "./trouble.ts";

/** How an address answers that should be a hub's API. */
export type Connection =
  | { readonly kind: "ok"; readonly version: string }
  | { readonly kind: "dns"; readonly host: string }
  | { readonly kind: "refused" | "slow" | "tls" | "unreachable"; readonly said: string }
  /** Something answers, but no hub's API; `page`: with HTML, as a proxy or another path of the hub does. */
  | { readonly kind: "not_a_hub"; readonly status: number; readonly page: boolean }
  | { readonly kind: "too_old"; readonly version: string };

/** A hub's answer is some dozens of bytes. */
const MOST_BYTES = 100_000;

/** Asks an address once for a hub's version, without a token, and tells why there is none. @param apiUrl `…/hub/api` */
export async function tryConnection(apiUrl: string, timeoutMs: number): Promise<Connection> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode: status, headers, body } = await request(`${apiUrl.replace(/\/+$/, "")}/`, { signal });
    const text = await firstOf(body);
    const version = versionIn(text);
    if (version === null) {
      const page = String(headers["content-type"] ?? "").includes("html") || /^\s*</.test(text);
      return { kind: "not_a_hub", status, page };
    }
    return isTooOld(version) ? { kind: "too_old", version } : { kind: "ok", version };
  } catch (error) {
    return failure(error, apiUrl);
  }
}

async function firstOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function versionIn(text: string): string | null {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return typeof version === "string" && /^\d{1,4}\./.test(version) ? version.slice(0, 50) : null;
  } catch {
    return null;
  }
}

function failure(error: unknown, apiUrl: string): Connection {
  const trouble = networkTrouble(error);
  return trouble.kind === "dns" ? { kind: "dns", host: new URL(apiUrl).hostname } : { ...trouble, kind: trouble.kind };
}
