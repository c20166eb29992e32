import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type AgentPool, createAgentPool } from "./agent-pool.ts";
import type { AgentConnection } from "./connection.ts";

/** Agents that do what the test says: a call lasts until it is let go. */
let pool: AgentPool;
let letGo: Map<number, () => void>;
const starts: number[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  letGo = new Map();
  starts.length = 0;
});
afterEach(async () => {
  for (const end of letGo.values()) end();
  await pool.stop();
  vi.useRealTimers();
});

function createPool(most: number): void {
  pool = createAgentPool({ most, idleMs: 60_000, log: pino({ level: "silent" }), start: async (id) => agentOf(id) });
}

function agentOf(accountId: number): AgentConnection {
  starts.push(accountId);
  const closed = Promise.withResolvers<void>();
  const never = () => Promise.reject(new Error("the test works without calls"));
  return {
    run: never,
    open: never,
    busy: 0,
    holding: 0,
    isClosed: false,
    closed: closed.promise,
    close: closed.resolve,
  };
}

/** Holds the person's agent; resolves when it has it. */
async function hold(accountId: number, kind: "short" | "long"): Promise<void> {
  const has = Promise.withResolvers<void>();
  const over = new Promise<void>((resolve) => letGo.set(accountId, resolve));
  const work = () => {
    has.resolve();
    return over;
  };
  pool.use(accountId, kind, work).catch(has.reject);
  await has.promise;
}

/** What it came to within half a minute and a bit. */
async function within(held: Promise<void>): Promise<string> {
  const outcome = held.then(
    () => "works",
    (error: { code: string }) => error.code,
  );
  await vi.advanceTimersByTimeAsync(31_000);
  return outcome;
}

it("keeps agents for short work, however many people download", async () => {
  createPool(8);
  for (let account = 1; account <= 6; account += 1) await hold(account, "long");
  expect(await within(hold(7, "long"))).toBe("unavailable");
  expect(await within(hold(8, "short"))).toBe("works");
  expect(await within(hold(9, "short"))).toBe("works");
  expect(await within(hold(10, "short"))).toBe("unavailable");
  expect(starts).toHaveLength(8);
});

it("lets somebody whose agent is held by a long work have another one of it", async () => {
  createPool(4);
  for (let account = 1; account <= 3; account += 1) await hold(account, "long");
  expect(await within(hold(3, "long"))).toBe("works");
});

it("does not let short work's agents become long work's", async () => {
  createPool(4);
  for (let account = 1; account <= 3; account += 1) await hold(account, "long");
  await hold(4, "short");
  letGo.get(4)?.();
  expect(await within(hold(4, "long"))).toBe("unavailable");
});

it("gives the place of a long work that has ended to the next", async () => {
  createPool(4);
  for (let account = 1; account <= 3; account += 1) await hold(account, "long");
  const next = hold(5, "long");
  await vi.advanceTimersByTimeAsync(5_000);
  letGo.get(2)?.();
  expect(await within(next)).toBe("works");
});

it("has two long works at once where there are two agents: a copy from one person to another needs both", async () => {
  createPool(2);
  await hold(1, "long");
  expect(await within(hold(2, "long"))).toBe("works");
});
