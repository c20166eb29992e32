import { Pool } from "undici";
import type { SessionTarget } from "./contract.ts";

export type Connect = NonNullable<SessionTarget["connect"]>;

/**
 * Kept-alive connections to the sessions' programs: one pool for each session, person and place it listens at. What
 * one person's requests leave behind in a connection (a body that the program did not read) meets no other's.
 */
export interface Upstreams {
  pool(jobId: number, accountId: number, connect: Connect): Pool;
  close(): Promise<void>;
}

/** A session that nobody looks at costs no descriptors after this long. */
const IDLE_POOL_MS = 10_000;
/** Also in a busy pool: connections opened for requests that were given up have no time-out of their own. */
const CONNECTION_MS = 60_000;
/** Of an answer's headers, bytes. */
export const ANSWER_HEADERS = 64 * 1024;

export function createUpstreams(): Upstreams {
  const pools = new Map<string, { pool: Pool; usedAt: number }>();
  const sweep = setInterval(() => {
    const limit = Date.now() - IDLE_POOL_MS;
    for (const [key, entry] of pools) {
      if (entry.usedAt > limit || entry.pool.stats.running > 0 || entry.pool.stats.pending > 0) continue;
      pools.delete(key);
      void entry.pool.close();
    }
  }, IDLE_POOL_MS);
  sweep.unref();

  return {
    pool(jobId, accountId, connect) {
      // The job is part of the key: a socket's path may go through a descriptor number, and those are used again.
      const place = "socketPath" in connect ? connect.socketPath : `${connect.host}:${connect.port}`;
      const key = `${jobId} ${accountId} ${place}`;
      const known = pools.get(key);
      if (known !== undefined) {
        known.usedAt = Date.now();
        return known.pool;
      }
      const pool = newPool(connect);
      pools.set(key, { pool, usedAt: Date.now() });
      return pool;
    },
    async close() {
      clearInterval(sweep);
      await Promise.all([...pools.values()].map((entry) => entry.pool.destroy()));
      pools.clear();
    },
  };
}

function newPool(connect: Connect): Pool {
  // No time-outs for headers and body: a notebook's cell may think for hours before it answers; what bounds an
  // exchange is the browser going away, the session ending and access being revoked.
  const common = {
    connections: 256,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: ANSWER_HEADERS,
    keepAliveTimeout: 30_000,
    clientTtl: CONNECTION_MS,
  };
  if ("socketPath" in connect) return new Pool("http://session", { ...common, socketPath: connect.socketPath });
  return new Pool(`http://${connect.host.includes(":") ? `[${connect.host}]` : connect.host}:${connect.port}`, common);
}
