import { type Dispatcher, request } from "undici";
import { StoaError } from "../errors/stoa-error.ts";
import type { OutboundAnswer, OutboundCall, OutboundPolicy, OutboundStream } from "./contract.ts";

/** The answer is larger than the policy allows to read. */
export class TooMuchError extends Error {
  constructor(limit: number) {
    super(`the answer is larger than ${limit} bytes`);
    this.name = "TooMuchError";
  }
}

/** One attempt, headers and body, ended by `signal`. Any status is an answer; redirects are not followed. */
export async function callOnce(
  policy: OutboundPolicy,
  dispatcher: Dispatcher,
  call: OutboundCall,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const { statusCode, headers, body } = await request(addressOf(policy, call), {
    dispatcher,
    method: call.method,
    headers: headersOf(policy, call),
    body: call.json === undefined ? (call.body ?? null) : JSON.stringify(call.json),
    signal,
  });
  const bytes = await readLimited(body, policy);
  return {
    status: statusCode,
    headers: flat(headers),
    body: bytes,
    json: () => parse(bytes, policy.name),
  };
}

/** The same up to the headers; the body is the caller's to read. */
export async function openOnce(
  policy: OutboundPolicy,
  dispatcher: Dispatcher,
  call: OutboundCall,
): Promise<OutboundStream> {
  const { statusCode, headers, body } = await request(addressOf(policy, call), {
    dispatcher,
    method: call.method,
    headers: headersOf(policy, call),
    body: call.json === undefined ? (call.body ?? null) : JSON.stringify(call.json),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  return { status: statusCode, headers: flat(headers), body };
}

/** The path is below the base, whatever it holds: `..` must not lead to another API of the same host. */
export function addressOf({ baseUrl, name }: Pick<OutboundPolicy, "baseUrl" | "name">, call: OutboundCall): URL {
  if (call.url !== undefined) return new URL(call.url);
  const base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  const url = new URL(call.path.replace(/^\/+/, ""), base);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new StoaError("upstream_failed", { message: `The address ${call.path} is not one of ${name}'s.` });
  }
  for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.append(key, value);
  return url;
}

function headersOf(policy: OutboundPolicy, call: OutboundCall): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (call.json !== undefined) headers["content-type"] = "application/json";
  for (const [name, value] of Object.entries({ ...policy.headers, ...call.headers }))
    headers[name.toLowerCase()] = value;
  return headers;
}

async function readLimited(
  body: Dispatcher.ResponseData["body"],
  { maxResponseBytes: limit, cutsAnswers }: Pick<OutboundPolicy, "maxResponseBytes" | "cutsAnswers">,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    if (size <= limit) continue;
    // Leaving the loop destroys the body, and with it the connection.
    if (cutsAnswers !== true) throw new TooMuchError(limit);
    return Buffer.concat(chunks, limit);
  }
  return Buffer.concat(chunks, size);
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(", ")] as const],
  );
  return Object.fromEntries(entries);
}

function parse(bytes: Buffer, name: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new StoaError("upstream_failed", { details: { what: name }, cause: error });
  }
}
