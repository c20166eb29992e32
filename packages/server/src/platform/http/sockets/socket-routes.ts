import type { IncomingHttpHeaders } from "node:http";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import type { Principal } from "../../principal.ts";
import type { RoutePolicy } from "../route-policy.ts";

/** Who opened a socket, and where to. */
export interface SocketRequest {
  readonly id: string;
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly log: Logger;
}

/** A WebSocket address. It is guarded by its policy like any route. */
export interface SocketRoute {
  /** `/jobs/:id`; with or without a closing slash. */
  readonly path: string;
  readonly policy: RoutePolicy;
  /** What it is for, in one line. */
  readonly summary: string;
  /** Takes `?token=` (contract 3's sockets only: addresses end up in logs). */
  readonly queryToken?: true;
  /** Somebody without a credential may connect, and has 5 s to send `{"token"}` as the first message. */
  readonly publicHandshake?: true;
  /** Bytes of one message from the client; 64 KiB when left out. */
  readonly maxMessageBytes?: number;
  /**
   * Called once somebody is recognised and may. Messages are held until it returns (or resolves), so it
   * may look things up before it listens. Throw a StoaError to close it: 4404, 4403 and so on by its status.
   */
  handler(socket: WebSocket, request: SocketRequest): void | Promise<void>;
}

export interface MatchedRoute {
  readonly route: SocketRoute;
  readonly params: Readonly<Record<string, string>>;
}

declare module "fastify" {
  interface FastifyInstance {
    addUpgrade(route: SocketRoute): void;
    /** For the test that walks all addresses. */
    readonly socketRoutes: readonly SocketRoute[];
  }
}

export interface SocketRouter {
  add(route: SocketRoute): void;
  /** @param path without a query */
  find(path: string): MatchedRoute | null;
  readonly all: readonly SocketRoute[];
}

/** A handful of addresses: looked through in order. */
export function createSocketRouter(): SocketRouter {
  const all: SocketRoute[] = [];
  const patterns: { pattern: RegExp; route: SocketRoute }[] = [];
  return {
    all,
    add(route) {
      if (all.some((other) => other.path === route.path)) throw new Error(`The socket ${route.path} is there twice.`);
      if ("public" in route.policy.access) throw new Error(`The socket ${route.path} may not be public.`);
      all.push(route);
      const source = route.path.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>[^/]+)");
      patterns.push({ pattern: new RegExp(`^${source}/?$`), route });
    },
    find(path) {
      for (const { pattern, route } of patterns) {
        const match = pattern.exec(path);
        if (match === null) continue;
        const params = decoded(match.groups ?? {});
        return params === null ? null : { route, params };
      }
      return null;
    },
  };
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> | null {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return null;
  }
}
