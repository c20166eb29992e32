import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OutboundAnswer, OutboundClient } from "../../platform/outbound/contract.ts";
import type { Platform } from "../../platform/platform.ts";
import { dateOf } from "./answers.ts";
import { askingAddress } from "./server-address.ts";

/** What somebody's server says of itself: their programs can make it say anything. */
export interface ServerUse {
  /** Of kernels and terminals: ms since the last use; 0: one runs something now. Null: there are none. */
  readonly kernelIdleMs: number | null;
  readonly terminalIdleMs: number | null;
  /** Pages that are connected to kernels. */
  readonly connections: number;
}

/**
 * `silent`: no answer that makes sense, for whatever reason; `forbidden`: Stoa's token lacks `access:servers`;
 * `elsewhere`: what answers there is not that server, as the hub's own port is not, which leads elsewhere.
 */
export type ServerAnswer = ServerUse | "silent" | "forbidden" | "elsewhere";

export interface ServerCalls {
  /** Asks a single-user server for its kernels and terminals. @param url as the hub tells it: a path, or an address */
  useOf(url: string): Promise<ServerAnswer>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 5_000;
const LONGEST_ANSWER = 2_000_000;

/** Of Jupyter Server's REST API (`GET /api/kernels`, `/api/terminals`) what is used. */
const Kernels = Compile(
  Type.Array(
    Type.Object({
      last_activity: Type.String(),
      execution_state: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      connections: Type.Optional(Type.Number()),
    }),
  ),
);
const Terminals = Compile(Type.Array(Type.Object({ last_activity: Type.Optional(Type.String()) })));

/** Calls of people's servers through the hub's proxy; null: no hub is configured. */
export function openServerCalls({ config, outbound }: Pick<Platform, "config" | "outbound">): ServerCalls | null {
  const { apiUrl, apiToken } = config.hub;
  if (apiUrl === null || apiToken === null) return null;
  return createServerCalls(
    (url) => askingAddress({ config }, url),
    outbound({
      ...{ name: "JupyterHub's servers", baseUrl: new URL(apiUrl).origin, timeoutMs: TIMEOUT_MS, attempts: 1 },
      // One server that hangs says nothing of the others.
      ...{ concurrency: 8, queue: 500, maxResponseBytes: LONGEST_ANSWER, breaker: null },
      headers: { authorization: `token ${apiToken}` },
    }),
  );
}

/**
 * @param addressOf where a server is asked; null: nowhere
 * @param outbound its headers hold the token
 */
export function createServerCalls(addressOf: (url: string) => string | null, outbound: OutboundClient): ServerCalls {
  const ask = (address: string, what: string) =>
    // Without this the server would count the question as its use.
    outbound.call({ method: "GET", path: "", url: `${address}api/${what}?no_track_activity=1` });
  return {
    async useOf(url) {
      const address = addressOf(url);
      if (address === null) return "elsewhere";
      try {
        const [kernels, terminals] = await Promise.all([ask(address, "kernels"), ask(address, "terminals")]);
        return refusedBy(kernels, terminals) ?? useIn(kernels, terminals) ?? "silent";
      } catch (error) {
        if (error instanceof StoaError) return "silent";
        throw error;
      }
    },
    close: () => outbound.close(),
  };
}

/** A server without terminals has no such address; all others answer both, or with an error of their own. */
function refusedBy(kernels: OutboundAnswer, terminals: OutboundAnswer): "forbidden" | "elsewhere" | null {
  const statuses = [kernels.status, terminals.status === 404 ? 200 : terminals.status];
  if (statuses.some((status) => status === 401 || status === 403)) return "forbidden";
  return statuses.some((status) => status >= 300 && status < 500) ? "elsewhere" : null;
}

function useIn(kernels: OutboundAnswer, terminals: OutboundAnswer): ServerUse | null {
  const [running, open] = [kernels.status === 200 ? kernels.json() : null, terminalsOf(terminals)];
  if (!Kernels.Check(running) || !Terminals.Check(open)) return null;
  const idle = running.map((kernel) =>
    kernel.execution_state === "busy" ? 0 : sinceMs(kernels, kernel.last_activity),
  );
  return {
    kernelIdleMs: leastOf(idle),
    terminalIdleMs: leastOf(open.map((terminal) => sinceMs(terminals, terminal.last_activity))),
    connections: running.reduce((sum, { connections = 0 }) => sum + connections, 0),
  };
}

/** A server without terminals has no such address. */
function terminalsOf({ status, json }: OutboundAnswer): unknown {
  return status === 404 ? [] : status === 200 ? json() : null;
}

function leastOf(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

/** By the server's own clock; a time that is none counts as long ago. */
function sinceMs({ headers }: OutboundAnswer, text: string | undefined): number {
  const told = Date.parse(headers.date ?? "");
  const at = dateOf(text);
  if (at === null) return Number.MAX_SAFE_INTEGER;
  return Math.max(0, (Number.isNaN(told) ? Date.now() : told) - at.getTime());
}
