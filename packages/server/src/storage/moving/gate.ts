import { sql } from "kysely";
import { holderOf } from "../../platform/database/leases.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Platform } from "../../platform/platform.ts";
import type { StorageDb } from "../tables.ts";
import { holdsUp, lockMoves, moveOf } from "./move-rows.ts";
import { WorkspacesMoving } from "./workspaces-moving.ts";

/** Internal: a move of somebody's has begun. */
export const MOVING = "storage.moving";
/** So long a server may work on somebody's files without asking again; a killed one holds a move up no longer. */
const LEASE_SECONDS = 60;
const RENEW_BEFORE_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
/** Work under way may end by itself for so long; then it is ended. */
const PATIENCE_MS = 10_000;
/** Before a lease that can't be renewed runs out, work under it ends. */
const LAST_MS = 5_000;

export interface Pass {
  readonly signal: AbortSignal | null;
  release(): void;
}

/** Keeps work on somebody's files and their move from one another, on all servers of a cluster. */
export interface Gate {
  /** @throws WorkspacesMoving; StoaError unavailable */
  enter(accountId: number): Promise<Pass>;
  start(): void;
  stop(): void;
}

interface Entry {
  readonly accountId: number;
  /** One for each piece of work: what all of somebody's shared would hold on to each, as long as any goes on. */
  readonly working: Set<AbortController>;
  /** By `performance.now()`: never later than the database has it. */
  until: number;
  held: boolean;
  asking: Promise<void> | null;
  patience: NodeJS.Timeout | undefined;
}

/** @param mend looks at what a move that has ended left half-done; true: nothing holds up any more */
export function createGate(
  { config, events, log }: Pick<Platform, "config" | "events" | "log">,
  db: StorageDb,
  mend: (accountId: number) => Promise<boolean>,
): Gate {
  const holder = holderOf(config);
  const entries = new Map<number, Entry>();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: () => void = () => undefined;

  const entryOf = (accountId: number): Entry => {
    const found = entries.get(accountId) ?? {
      ...{ accountId, until: 0, held: false, asking: null, patience: undefined },
      working: new Set<AbortController>(),
    };
    entries.set(accountId, found);
    return found;
  };

  function ask(entry: Entry): Promise<void> {
    entry.asking ??= askNow(entry).finally(() => {
      entry.asking = null;
    });
    return entry.asking;
  }

  /** Takes the lease or keeps it; where a move has begun, only as long as work is under way. */
  async function askNow(entry: Entry): Promise<void> {
    const asked = performance.now();
    const isLeased = await db.transaction().execute(async (trx) => {
      await lockMoves(trx, entry.accountId, "shared");
      entry.held = holdsUp(await moveOf(trx, entry.accountId));
      const mine = { account_id: entry.accountId, holder };
      if (entry.held && entry.working.size === 0) {
        entry.until = 0;
        await trx
          .deleteFrom("storage_writers")
          .where("account_id", "=", entry.accountId)
          .where("holder", "=", holder)
          .execute();
        return false;
      }
      const until = sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})`;
      await trx
        .insertInto("storage_writers")
        .values({ ...mine, until })
        .onConflict((conflict) => conflict.columns(["account_id", "holder"]).doUpdateSet({ until }))
        .execute();
      return true;
    });
    entry.until = isLeased ? asked + LEASE_SECONDS * 1000 : 0;
    if (entry.held && entry.working.size > 0)
      entry.patience ??= setTimeout(() => end(entry, new WorkspacesMoving()), PATIENCE_MS).unref();
    if (!entry.held) {
      clearTimeout(entry.patience);
      entry.patience = undefined;
    }
  }

  function end(entry: Entry, why: StoaError): void {
    for (const one of entry.working) one.abort(why);
    clearTimeout(entry.patience);
    entry.patience = undefined;
  }

  /** Where work is under way the lease is kept anyway: what comes in its midst, which may hold a connection, waits for none. */
  function isKnown({ held, until, working }: Entry): boolean {
    return !held && until - performance.now() > (working.size > 0 ? LAST_MS : RENEW_BEFORE_MS);
  }

  function askQuietly(entry: Entry): void {
    ask(entry).catch((error: unknown) => {
      log.warn({ err: error, account: entry.accountId }, "whether somebody's workspaces are being moved is not known");
    });
  }

  /** The last piece of work has ended, and a move waits. What is being asked was asked while there was work. */
  function giveBack(entry: Entry): void {
    if (entry.working.size > 0 || !entry.held || entry.until < performance.now()) return;
    const again = () => giveBack(entry);
    if (entry.asking === null) askQuietly(entry);
    else entry.asking.then(again, again);
  }

  function look(): void {
    const now = performance.now();
    for (const [accountId, entry] of entries) {
      if (entry.working.size === 0 && entry.asking === null && entry.until < now) entries.delete(accountId);
      giveBack(entry);
      if (entry.working.size === 0) continue;
      if (entry.until - now < LAST_MS) {
        end(entry, new StoaError("unavailable", { details: { what: "The database that keeps work on files apart" } }));
      }
      if (entry.until - now < RENEW_BEFORE_MS || entry.held) askQuietly(entry);
    }
  }

  return {
    async enter(accountId) {
      let entry = entryOf(accountId);
      for (let tries = 0; !isKnown(entry); tries += 1) {
        await ask(entry);
        if (!entry.held) continue;
        if (tries > 0 || !(await mend(accountId))) throw new WorkspacesMoving();
        // While that was looked at, this one may have been let go of as nobody's.
        entry = entryOf(accountId);
      }
      const one = new AbortController();
      const { working } = entry;
      working.add(one);
      return {
        signal: one.signal,
        release() {
          if (working.delete(one)) giveBack(entry);
        },
      };
    },
    start() {
      timer = setInterval(look, LOOK_EVERY_MS).unref();
      unsubscribe = events.subscribe({ types: [MOVING] }, ({ data }) => {
        const entry = entries.get(Number(data.account_id));
        if (entry !== undefined) askQuietly(entry);
      });
    },
    stop() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
