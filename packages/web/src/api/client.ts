import { ApiError, errorFrom } from "./api-error.ts";
import { reachability } from "./reachability.ts";
import type { WebSession } from "./types.ts";

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface CallOptions {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** What every call carries besides its own: filled by the session query and by the language switch. */
export const callContext = {
  csrfToken: "",
  locale: "en",
  /** Called with each answer that says who is signed in. */
  onSession: (_session: WebSession) => {},
  /** Called once when an answer says that nobody is signed in any more. */
  onSignedOut: () => {},
  /** Fetches the session again, for a fresh CSRF token. */
  refreshSession: async () => {},
};

/** The address with its query; empty and missing values are left out. */
export function address(path: string, query: Query = {}): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (entries.length === 0) return path;
  return `${path}?${new URLSearchParams(entries.map(([key, value]) => [key, String(value)]))}`;
}

/** Headers that an unsafe call by cookie needs, and the language of the answer. */
export function callHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": callContext.locale };
  if (method !== "GET") headers["X-CSRF-Token"] = callContext.csrfToken;
  return headers;
}

/**
 * One call. @returns the parsed JSON (undefined for an empty answer); @throws ApiError.
 * A refused CSRF token is fetched anew once: the server may have changed its key or the session.
 */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  try {
    return await callOnce<T>(method, path, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "csrf") throw error;
    await callContext.refreshSession();
    return callOnce<T>(method, path, options);
  }
}

async function callOnce<T>(method: string, path: string, options: CallOptions): Promise<T> {
  const response = await send(method, path, options);
  if (response.ok) return (await readJson(response)) as T;
  const error = await refusalOf(response);
  if (error.status === 401 && !path.includes("/auth/")) callContext.onSignedOut();
  throw error;
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers = callHeaders(method);
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;
  try {
    const response = await fetch(address(path, options.query), init);
    // A proxy's word for a server that is away.
    if (response.status === 502 || response.status === 504) reachability.failed();
    else reachability.answered();
    return response;
  } catch (error) {
    throw brokenOff(error);
  }
}

/** The connection failed, or ended in the middle of the answer. */
function brokenOff(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  reachability.failed();
  return new ApiError({ status: 0, code: "network", message: "network" });
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw brokenOff(error);
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response);
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a plain answer (logs). @throws ApiError */
export async function callText(path: string, query: Query, signal?: AbortSignal): Promise<string> {
  const response = await send("GET", path, { query, signal });
  if (response.ok) return readText(response);
  throw await refusalOf(response);
}

interface BytesOptions {
  readonly method?: "GET" | "HEAD" | "PUT" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
  readonly signal?: AbortSignal;
}

/** A call whose body or answer is a file's bytes. @returns the answer, unread; @throws ApiError */
export async function callBytes(path: string, options: BytesOptions = {}): Promise<Response> {
  const { method = "GET", headers = {}, body, signal } = options;
  const init: RequestInit = {
    method,
    headers: { ...callHeaders(method), ...headers },
    credentials: "same-origin",
    // A browser that keeps a piece of a file may take a piece of its next version for the whole of that.
    cache: "no-store",
  };
  if (body !== undefined) init.body = body;
  if (signal) init.signal = signal;
  const response = await fetch(path, init).catch((error: unknown) => {
    throw brokenOff(error);
  });
  if (response.ok) return response;
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<ApiError> {
  return errorFrom(response.status, await readJson(response), response.headers.get("x-request-id"));
}
