import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer, type Reply } from "./double-answers.ts";

/** What somebody's server does when it is started: ready after so many ms, never, or failed with these words. */
export type Spawn =
  | { readonly readyMs: number; readonly messages?: readonly string[] }
  | { readonly failsMs: number; readonly says: string };

export interface DoubleServer {
  state: "spawn" | "ready" | "stop";
  readonly startedAt: string;
  lastActivity: string;
  /** What its own API says of kernels and terminals; null: it gives no answer. */
  use: { readonly kernels: readonly object[]; readonly terminals: readonly object[] } | null;
  readonly events: string[];
  readonly waiting: Set<ServerResponse>;
}

export interface DoubleUser {
  readonly name: string;
  admin: boolean;
  readonly created: string;
  readonly servers: Map<string, DoubleServer>;
  /** What the last start of each came to, where it failed. */
  readonly failed: Map<string, string>;
  readonly tokens: Map<string, { id: string; note: string; created: string; expires_at: string; scopes: string[] }>;
}

/**
 * A JupyterHub's REST API for tests without one: answers as 5.x does, and refuses what it refuses. The suite of
 * `tests/peers/hub` runs on this and on the real ones.
 */
export interface HubDouble {
  readonly apiUrl: string;
  readonly token: string;
  readonly users: Map<string, DoubleUser>;
  /** Starts that were taken on, by user and server, in order: the ledger. */
  readonly starts: string[];
  /** Calls that came: `GET /users/ada`. */
  readonly calls: string[];
  /** How servers start from now on. */
  spawn: (user: string, server: string) => Spawn;
  /** Answers instead of the hub; return false to let it answer. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  /** What Stoa's token may do; take some away. */
  scopes: Set<string>;
  /** How far its clock is ahead of ours, in milliseconds; its servers' too. */
  skewMs: number;
  /** Whether it knows `state=active`, and tells where the next page begins. */
  filters: boolean;
  pages: boolean;
  /** How many servers run at most. */
  limit: number;
  addUser(name: string, options?: { readonly admin?: boolean; readonly created?: Date }): DoubleUser;
  /** A server that runs already, started elsewhere. */
  runs(user: string, server?: string, startedAt?: Date): DoubleServer;
  /** It ends without anybody having asked. */
  dies(user: string, server?: string): void;
  /** Refuses connections, and comes back with what it knew. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  close(): Promise<void>;
}

const ALL_SCOPES = [
  "admin:users",
  "admin:servers",
  "list:users",
  "read:users",
  "servers",
  "users",
  "access:servers",
  "tokens",
];

export async function startHubDouble(): Promise<HubDouble> {
  const token = randomBytes(16).toString("hex");
  const users = new Map<string, DoubleUser>();
  const hub: HubDouble & { port: number } = {
    port: 0,
    get apiUrl() {
      return `http://127.0.0.1:${hub.port}/hub/api`;
    },
    ...{ token, users, starts: [], calls: [], limit: Number.POSITIVE_INFINITY },
    ...{ skewMs: 0, filters: true, pages: true },
    spawn: () => ({ readyMs: 20 }),
    intercept: () => false,
    scopes: new Set(ALL_SCOPES),
    addUser(name, { admin = false, created = new Date(Date.now() + hub.skewMs) } = {}) {
      const [servers, failed, tokens] = [new Map(), new Map(), new Map()];
      const user = { name, admin, created: created.toISOString(), servers, failed, tokens };
      users.set(name, user);
      return user;
    },
    runs(user, server = "", startedAt = new Date(Date.now() + hub.skewMs)) {
      const made = newServer("ready", startedAt);
      users.get(user)?.servers.set(server, made);
      return made;
    },
    dies: (user, server = "") => void users.get(user)?.servers.delete(server),
    goDown: () => closed(listening),
    async comeUp() {
      listening = await listen(handle, hub.port);
    },
    close: () => closed(listening),
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(hub, request, response)
      .then((reply) => reply !== null && write(hub, response, reply))
      .catch(() => response.destroy());
  };
  let listening = await listen(handle, 0);
  hub.port = (listening.address() as AddressInfo).port;
  return hub;
}

/** One that has been asked for, or is there, with no kernel. */
export function newServer(state: DoubleServer["state"], startedAt: Date): DoubleServer {
  const at = startedAt.toISOString();
  return {
    ...{ state, startedAt: at, lastActivity: at, events: [], waiting: new Set() },
    use: { kernels: [], terminals: [] },
  };
}

async function listen(handle: (q: IncomingMessage, s: ServerResponse) => void, port: number): Promise<Server> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function write({ skewMs }: HubDouble, response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const type = body === undefined ? "text/plain" : "application/json";
  const date = new Date(Date.now() + skewMs).toUTCString();
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, { date, "content-type": type, ...headers }).end(text);
}
