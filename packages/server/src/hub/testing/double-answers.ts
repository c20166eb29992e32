import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type DoubleServer, type DoubleUser, type HubDouble, newServer, type Spawn } from "./hub-double.ts";

/** What is answered; without a body: an empty text. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one request as the hub would. @returns null: it is answered, or its answer is still being written */
export async function answer(
  hub: HubDouble,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply | null> {
  const url = new URL(request.url ?? "/", "http://hub");
  const path = url.pathname.replace(/^\/hub\/api/, "");
  hub.calls.push(`${request.method} ${path}`);
  if (await hub.intercept(request, response)) return null;
  if (path === "/" || path === "") return told(200, { version: "5.0.0" });
  // Real ones answer 403, not 401.
  if (request.headers.authorization !== `token ${hub.token}`) return refused(403, "Missing or invalid credentials.");
  const [, top, rawName, what, third, last] = path.split("/").map(decodeURIComponent);
  if (top === "user" && rawName !== undefined) return ofServer(hub, path);
  if (top === "user" && request.method === "GET") {
    return told(200, { kind: "service", name: "stoa", scopes: [...hub.scopes] });
  }
  if (top !== "users") return refused(404, "Not Found");
  if (rawName === undefined) return listUsers(hub, url, String(request.headers.accept).includes("pagination+json"));
  const body = await bodyOf(request);
  if (what === undefined) return oneUser(hub, request, rawName);
  const user = hub.users.get(rawName);
  if (what === "tokens") return tokens(hub, request, user, third, body);
  const server = what === "servers" ? (third ?? "") : "";
  const isProgress = what === "servers" ? last === "progress" : third === "progress";
  if (user === undefined) return refused(404, "Not Found");
  if (isProgress) return progress(user, server, response);
  if (request.method === "POST") return start(hub, user, server);
  if (request.method === "DELETE") return end(hub, user, server);
  return refused(405, "Method Not Allowed");
}

function oneUser(hub: HubDouble, request: IncomingMessage, name: string): Reply {
  const user = hub.users.get(name);
  if (request.method === "GET") {
    if (user === undefined) return refused(404, "Not Found");
    if (!may(hub, "read:users") && !may(hub, "users") && !may(hub, "admin:users")) return refused(404, "Not Found");
    return told(200, present(hub, user));
  }
  if (!may(hub, "admin:users")) return refused(403, "Action is not authorized with current scopes");
  if (request.method === "POST") {
    if (user !== undefined) return refused(409, `User ${name} already exists`);
    return told(201, present(hub, hub.addUser(name)));
  }
  if (user === undefined) return refused(404, "Not Found");
  if ([...user.servers.values()].length > 0)
    return refused(400, `${name}'s server is in the process of stopping, please wait.`);
  hub.users.delete(name);
  return emptied(204);
}

/** A single-user server's own API, behind the hub's proxy: every call of it is activity on the network. */
function ofServer(hub: HubDouble, path: string): Reply | null {
  const [, name = "", server = "", what] = /^\/user\/([^/]+)\/(?:([^/]+)\/)??api\/(\w+)$/.exec(path) ?? [];
  const known = hub.users.get(decodeURIComponent(name))?.servers.get(decodeURIComponent(server));
  if (known?.state !== "ready") return refused(424, "The server is not running");
  if (!may(hub, "access:servers")) return refused(403, "Forbidden");
  known.lastActivity = new Date(Date.now() + hub.skewMs).toISOString();
  if (known.use === null) return { status: 504 };
  return what === "kernels" ? told(200, known.use.kernels) : told(200, known.use.terminals);
}

function listUsers(hub: HubDouble, url: URL, paged: boolean): Reply {
  if (!may(hub, "list:users") && !may(hub, "admin:users"))
    return refused(403, "Action is not authorized with current scopes");
  const [offset, limit] = [Number(url.searchParams.get("offset") ?? 0), Number(url.searchParams.get("limit") ?? 50)];
  let all = [...hub.users.values()];
  if (hub.filters && url.searchParams.get("state") === "active") all = all.filter((user) => user.servers.size > 0);
  const most = Math.min(limit, 200);
  const items = all.slice(offset, offset + most).map((user) => present(hub, user));
  if (!paged || !hub.pages) return told(200, items);
  const next = offset + most < all.length ? { offset: offset + most, limit: most, url: "" } : null;
  return told(200, { items, _pagination: { offset, limit: most, total: all.length, next } });
}

function start(hub: HubDouble, user: DoubleUser, server: string): Reply {
  if (!may(hub, "servers")) return refused(403, "Action is not authorized with current scopes");
  const known = user.servers.get(server);
  if (known?.state === "ready") return refused(400, `${user.name}'s server is already running`);
  if (known?.state === "stop") return refused(400, `${user.name}'s server is pending stop`);
  if (known?.state === "spawn") return emptied(202);
  const running = [...hub.users.values()].reduce((sum, each) => sum + each.servers.size, 0);
  if (running >= hub.limit) {
    return {
      ...refused(429, "Active server limit exceeded. Try again in a few minutes."),
      headers: { "retry-after": "1" },
    };
  }
  const spawn = hub.spawn(user.name, server);
  hub.starts.push(`${user.name}/${server}`);
  user.failed.delete(server);
  // What fails at once is told by the same answer.
  if ("failsMs" in spawn && spawn.failsMs === 0) {
    user.failed.set(server, spawn.says);
    return refused(500, spawn.says);
  }
  const made = newServer("spawn", new Date(Date.now() + hub.skewMs));
  user.servers.set(server, made);
  emit(made, { progress: 0, message: "Server requested" });
  const messages = "readyMs" in spawn ? (spawn.messages ?? ["Spawning server..."]) : [];
  for (const [index, message] of messages.entries()) emit(made, { progress: 50 + index, message });
  setTimeout(() => arrive(user, server, made, spawn), "readyMs" in spawn ? spawn.readyMs : spawn.failsMs).unref();
  return emptied(202);
}

function arrive(user: DoubleUser, server: string, made: DoubleServer, spawn: Spawn): void {
  if (user.servers.get(server) !== made) return;
  if ("failsMs" in spawn) {
    user.servers.delete(server);
    user.failed.set(server, spawn.says);
    emit(made, { progress: 100, failed: true, message: `Spawn failed: ${spawn.says}` });
  } else {
    made.state = "ready";
    emit(made, {
      progress: 100,
      ready: true,
      message: `Server ready at ${urlOf(user, server)}`,
      url: urlOf(user, server),
    });
  }
  for (const response of made.waiting) response.end();
}

function emit(server: DoubleServer, event: object): void {
  const text = `data: ${JSON.stringify(event)}\n\n`;
  server.events.push(text);
  for (const response of server.waiting) response.write(text);
}

function progress(user: DoubleUser, server: string, response: ServerResponse): Reply | null {
  const known = user.servers.get(server);
  const failed = user.failed.get(server);
  if (known === undefined && failed === undefined) return refused(404, `No such server: ${server}`);
  response.writeHead(200, { "content-type": "text/event-stream" });
  if (known === undefined) {
    const event = { progress: 100, failed: true, message: `Spawn failed: ${failed}` };
    response.end(`data: ${JSON.stringify(event)}\n\n`);
    return null;
  }
  for (const event of known.events) response.write(event);
  if (known.state === "spawn") {
    known.waiting.add(response);
    response.once("close", () => known.waiting.delete(response));
  } else response.end();
  return null;
}

function end(hub: HubDouble, user: DoubleUser, server: string): Reply {
  if (!may(hub, "servers")) return refused(403, "Action is not authorized with current scopes");
  const known = user.servers.get(server);
  if (known === undefined) return emptied(204);
  if (known.state === "spawn") return refused(400, `${user.name}'s server is pending spawn, please wait`);
  if (known.state === "stop") return emptied(202);
  known.state = "stop";
  setTimeout(() => {
    if (user.servers.get(server) === known) user.servers.delete(server);
  }, 10).unref();
  return emptied(202);
}

function tokens(
  hub: HubDouble,
  request: IncomingMessage,
  user: DoubleUser | undefined,
  id: string | undefined,
  body: unknown,
): Reply {
  if (user === undefined) return refused(404, "Not Found");
  if (!may(hub, "tokens")) return refused(404, "Not Found");
  if (request.method === "GET") return told(200, { api_tokens: [...user.tokens.values()], oauth_tokens: [] });
  if (request.method === "DELETE") {
    if (!user.tokens.delete(id ?? "")) return refused(404, "No such token");
    return emptied(204);
  }
  const {
    expires_in: seconds = 3600,
    note = "",
    scopes = [],
  } = body as { expires_in?: number; note?: string; scopes?: string[] };
  // A person has their own servers, and nobody else's.
  const foreign = scopes.filter((scope) => !scope.startsWith(`access:servers!server=${user.name}/`));
  if (foreign.length > 0) return refused(400, `Cannot assign scopes ${foreign.join(", ")}: not in the user's own`);
  const created = new Date();
  const expires_at = new Date(created.getTime() + seconds * 1000).toISOString();
  const made = { id: `a${user.tokens.size + 1}`, note, created: created.toISOString(), expires_at, scopes };
  user.tokens.set(made.id, made);
  return told(201, { ...made, token: randomUUID().replaceAll("-", "") });
}

function may(hub: HubDouble, scope: string): boolean {
  return hub.scopes.has(scope);
}

function present(hub: HubDouble, user: DoubleUser) {
  const tells = ["read:servers", "servers", "admin:servers"].some((scope) => may(hub, scope));
  const servers = [...user.servers].map(([name, { state, startedAt, lastActivity }]) => {
    const pending = state === "ready" ? null : state;
    const times = { started: startedAt, last_activity: lastActivity };
    return [name, { name, ready: state === "ready", pending, url: urlOf(user, name), ...times }] as const;
  });
  const { name, admin, created } = user;
  const known = tells ? { servers: Object.fromEntries(servers) } : {};
  return { kind: "user", name, admin, created, last_activity: null, groups: [], ...known };
}

function urlOf(user: DoubleUser, server: string): string {
  return `/user/${encodeURIComponent(user.name)}/${server === "" ? "" : `${encodeURIComponent(server)}/`}`;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : JSON.parse(text);
}

function told(status: number, body: unknown): Reply {
  return { status, body };
}

function emptied(status: number): Reply {
  return { status };
}

function refused(status: number, message: string): Reply {
  return { status, body: { status, message } };
}
