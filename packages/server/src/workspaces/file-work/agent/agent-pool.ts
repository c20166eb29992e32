import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import type { AgentConnection } from "./connection.ts";

/** Milliseconds that somebody waits for a place when all agents there may be are at work. */
const PLACE_WITHIN_MS = 30_000;
/** Who waits looks again: not all that makes room tells of it. */
const LOOK_EVERY_MS = 1_000;
/** Agents kept for short work, as a part of all: a client may take hours over a download, and many may. */
const KEPT = 1 / 4;
/** A copy from one person to another holds two. */
const LEAST_FOR_LONG = 2;

/** `long`: for as long as a client or much data takes. */
export type WorkLength = "short" | "long";

export interface AgentPoolOptions {
  /** Starts a person's agent. `onIdle` is called whenever its last call has ended. */
  readonly start: (accountId: number, onIdle: () => void) => Promise<AgentConnection>;
  /** Agents at most. */
  readonly most: number;
  /** Milliseconds without work after which one ends. */
  readonly idleMs: number;
  readonly log: Logger;
}

/** The agents that run, one a person, started when they are needed and ended when they are not. */
export interface AgentPool {
  /** Works with the person's agent, which is not ended before `work` has begun its call. @throws StoaError unavailable */
  use<T>(accountId: number, length: WorkLength, work: (agent: AgentConnection) => Promise<T>): Promise<T>;
  /** No more calls for the person's present agent: the next one starts another, with the groups they have then. */
  retire(accountId: number): void;
  /** Persons with an agent, for metrics and tests. */
  readonly size: number;
  stop(): Promise<void>;
}

interface Slot {
  readonly connection: Promise<AgentConnection>;
  /** Known once it has started. */
  ready: AgentConnection | null;
  /** Calls that are about to begin. */
  claims: number;
  /** Of those, by long work. */
  longClaims: number;
  idleTimer: NodeJS.Timeout | undefined;
}

export function createAgentPool({ start, most, idleMs, log }: AgentPoolOptions): AgentPool {
  /** The one used longest ago comes first. */
  const slots = new Map<number, Slot>();
  const freed = new Set<() => void>();
  const mostLong = Math.max(LEAST_FOR_LONG, most - Math.max(1, Math.floor(most * KEPT)));
  let stopped = false;

  function drop(accountId: number, slot: Slot): void {
    if (slots.get(accountId) !== slot) return;
    slots.delete(accountId);
    clearTimeout(slot.idleTimer);
    slot.ready?.close();
    noteFree();
  }

  function noteFree(): void {
    const [first] = freed;
    if (first === undefined) return;
    freed.delete(first);
    first();
  }

  function rest(accountId: number, slot: Slot): void {
    clearTimeout(slot.idleTimer);
    if (slots.get(accountId) !== slot) {
      if (isIdle(slot)) slot.ready?.close();
      return;
    }
    slot.idleTimer = setTimeout(() => {
      if (isIdle(slot)) drop(accountId, slot);
    }, idleMs).unref();
    noteFree();
  }

  /** True when there is a place for one more now. */
  function makePlace(): boolean {
    if (slots.size < most) return true;
    for (const [accountId, slot] of slots) {
      if (!isIdle(slot)) continue;
      drop(accountId, slot);
      return true;
    }
    return false;
  }

  /** True when there is an agent for this now, or a place for one. */
  function hasRoom(accountId: number, length: WorkLength): boolean {
    const slot = slots.get(accountId);
    if (length === "long" && !(slot && isHeld(slot)) && [...slots.values()].filter(isHeld).length >= mostLong) {
      return false;
    }
    return slot !== undefined || makePlace();
  }

  async function waitForRoom(accountId: number, length: WorkLength): Promise<void> {
    for (const until = Date.now() + PLACE_WITHIN_MS; !hasRoom(accountId, length); ) {
      const left = until - Date.now();
      if (left <= 0)
        throw new StoaError("unavailable", { details: { what: "The work on files (all of it is in use)" } });
      const { promise, resolve } = Promise.withResolvers<void>();
      freed.add(resolve);
      await Promise.race([promise, sleep(Math.min(left, LOOK_EVERY_MS), undefined, { ref: false })]);
      freed.delete(resolve);
    }
  }

  function begin(accountId: number): Slot {
    const slot: Slot = {
      connection: start(accountId, () => rest(accountId, slot)),
      ready: null,
      claims: 0,
      longClaims: 0,
      idleTimer: undefined,
    };
    slots.set(accountId, slot);
    slot.connection.then(
      (connection) => {
        slot.ready = connection;
        rest(accountId, slot);
        void connection.closed.then(() => drop(accountId, slot));
      },
      (error: unknown) => {
        log.warn({ err: error, accountId }, "a person's file agent did not start");
        drop(accountId, slot);
      },
    );
    return slot;
  }

  /** With the caller's claim on it. */
  /** With the caller's claim on it. */
  async function claim(accountId: number, length: WorkLength): Promise<Slot> {
    if (stopped) throw new StoaError("unavailable", { details: { what: "The work on files" } });
    const present = slots.get(accountId);
    if (present?.ready?.isClosed) drop(accountId, present);
    // Whoever was told of room first may have taken it since.
    while (!hasRoom(accountId, length)) await waitForRoom(accountId, length);
    const slot = slots.get(accountId) ?? begin(accountId);
    slots.delete(accountId);
    slots.set(accountId, slot);
    slot.claims += 1;
    if (length === "long") slot.longClaims += 1;
    return slot;
  }

  return {
    async use(accountId, length, work) {
      const slot = await claim(accountId, length);
      try {
        return await work(await slot.connection);
      } finally {
        slot.claims -= 1;
        if (length === "long") slot.longClaims -= 1;
        if (isIdle(slot)) rest(accountId, slot);
      }
    },
    retire(accountId) {
      const slot = slots.get(accountId);
      if (slot === undefined) return;
      slots.delete(accountId);
      clearTimeout(slot.idleTimer);
      if (isIdle(slot)) slot.ready?.close();
      noteFree();
    },
    get size() {
      return slots.size;
    },
    async stop() {
      stopped = true;
      const all = [...slots];
      for (const [accountId, slot] of all) {
        await slot.connection.catch(() => undefined);
        drop(accountId, slot);
      }
    },
  };
}

function isIdle(slot: Slot): boolean {
  return slot.ready?.busy === 0 && slot.claims === 0;
}

function isHeld(slot: Slot): boolean {
  return slot.longClaims > 0 || (slot.ready?.holding ?? 0) > 0;
}
