import { request } from "undici";

/** A person at the portal: the session cookie, the CSRF token, and the calls tests make. */
export interface PortalClient {
  readonly base: string;
  readonly cookie: string;
  readonly csrf: string;
  /** Calls with the cookie, as the portal's own pages do. Any status is an answer. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed JSON, loosely: tests look at what they need. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads foreign shapes and asserts on them at once
  readonly json: any;
}

/** Signs in as a person does. */
export async function signIn(base: string, username: string, password: string): Promise<PortalClient> {
  const answer = await fetch(`${base}/api/stoa/v1/auth/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: base, "Sec-Fetch-Site": "same-origin" },
    body: JSON.stringify({ username, password }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`sign-in of ${username}: ${answer.status} ${text}`);
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const csrf = (JSON.parse(text) as { csrf_token: string }).csrf_token;
  return {
    base,
    cookie,
    csrf,
    call(method, path, body, headers = {}) {
      return send(base + path, method, body, {
        Cookie: cookie,
        Origin: base,
        "Sec-Fetch-Site": "same-origin",
        "X-CSRF-Token": csrf,
        ...headers,
      });
    },
  };
}

/** Contract 2's token: what programs use. */
export async function accessToken(base: string, username: string, password: string): Promise<string> {
  const answer = await send(`${base}/api/token`, "POST", new URLSearchParams({ username, password }), {});
  if (answer.status !== 200) throw new Error(`token of ${username}: ${answer.status} ${answer.text}`);
  return answer.json.access_token;
}

/** One call with whatever headers (Host too, which fetch would not send); never throws for a status. */
export async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { bytes, type } = encode(body);
  const answer = await request(url, {
    method: method as "GET",
    headers: { ...(type === null ? {} : { "Content-Type": type }), ...headers },
    body: bytes,
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: new Headers(
      Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((one): [string, string] => [name, one]),
      ),
    ),
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

function encode(body: unknown): { bytes: string | Uint8Array | null; type: string | null } {
  if (body === undefined) return { bytes: null, type: null };
  if (body instanceof URLSearchParams) return { bytes: body.toString(), type: "application/x-www-form-urlencoded" };
  if (typeof body === "string" || body instanceof Uint8Array) return { bytes: body, type: null };
  return { bytes: JSON.stringify(body), type: "application/json" };
}
