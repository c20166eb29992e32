import { sql } from "kysely";
import type { Logger } from "pino";
import { holderOf } from "../../platform/database/leases.ts";
import type { StorageContext } from "../context.ts";
import type { SubjectRow } from "../tables.ts";
import { carryOut } from "./carry-out.ts";
import { inOrder } from "./in-order.ts";
import type { Settled } from "./outcomes.ts";

/** Makes subjects as they should be: the one way to a directory, for requests, retries, drift and crashes alike. */
export interface Settler {
  /**
   * Makes them so now; resolves with what came of each. Many who ask at once share the commands.
   * One that another server has been at for too long is `busy`.
   */
  settle(ids: readonly number[]): Promise<ReadonlyMap<number, Settled>>;
  /** The same, one after another, beside all that people wait for: what was taken over may be a walk of hours. */
  settleSlowly(ids: readonly number[]): Promise<void>;
  stop(): Promise<void>;
}

export type SettlerContext = Pick<StorageContext, "platform" | "db" | "driver" | "people"> & { readonly log: Logger };

/** Subjects in one round of commands; rounds at once. */
const ROUND = 50;
const ROUNDS = 3;
/** Kept up while the commands run; so long others wait for a server that was killed. */
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;
const ASK_AGAIN_MS = 100;
/** Milliseconds that somebody waits while another server, or an older one of the same name, is at it. */
const PATIENCE_MS = 60_000;

interface Asked {
  readonly done: PromiseWithResolvers<Settled>;
  readonly until: number;
}

export function createSettler(context: SettlerContext): Settler {
  const { log } = context;
  const holder = holderOf(context.platform.config);
  const asked = new Map<number, Asked>();
  /** In the order in which they were asked for; a round takes from the front. */
  const queue = new Set<number>();
  const rounds = new Set<Promise<void>>();
  let slow: Promise<void> = Promise.resolve();
  let stopped = false;

  function ask(id: number): Promise<Settled> {
    const entry = asked.get(id) ?? { done: Promise.withResolvers<Settled>(), until: performance.now() + PATIENCE_MS };
    if (!asked.has(id)) entry.done.promise.catch(() => undefined);
    asked.set(id, entry);
    queue.add(id);
    begin();
    return entry.done.promise;
  }

  /** Those who ask in this very moment go together. */
  function begin(): void {
    if (rounds.size >= ROUNDS || stopped) return;
    const round = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => run())
      .catch((error: unknown) => log.error({ err: error }, "a round of storage commands failed"))
      .finally(() => {
        rounds.delete(round);
        if (queue.size > 0) begin();
      });
    rounds.add(round);
  }

  async function run(): Promise<void> {
    const ids = [...queue].slice(0, ROUND);
    if (ids.length === 0) return;
    for (const id of ids) queue.delete(id);
    return runThese(ids);
  }

  async function runThese(ids: readonly number[]): Promise<void> {
    // Whoever asks from now on wants what is written from now on: another round.
    const waiting = new Map(ids.map((id) => [id, asked.get(id)] as const));
    for (const id of ids) asked.delete(id);
    const renewing = setInterval(() => void renew(context, holder, ids).catch(() => undefined), RENEW_MS).unref();
    try {
      const rows = await claim(context, holder, ids);
      const outcomes = await carryOut(context, holder, rows);
      for (const [id, entry] of waiting) {
        const outcome = outcomes.get(id);
        if (outcome !== undefined) entry?.done.resolve(outcome);
        else await wait(id, entry);
      }
    } catch (error) {
      for (const entry of waiting.values()) entry?.done.reject(error);
      await release(context, holder, ids).catch(() => undefined);
    } finally {
      clearInterval(renewing);
    }
  }

  /** Another server has it, or one of the same name that was deleted comes first. */
  async function wait(id: number, entry: Asked | undefined): Promise<void> {
    const before = await olderOf(context, id);
    if (before === null) return entry?.done.resolve({ code: "missing", problem: "" });
    if (entry === undefined) return;
    const stuck = before.find(({ problem }) => problem !== null);
    if (stuck !== undefined) {
      const problem = `what was deleted under this name has not left yet: ${stuck.problem}`;
      return entry.done.resolve({ code: "failed", problem });
    }
    if (performance.now() > entry.until || stopped) {
      return entry.done.resolve({ code: "busy", problem: "another server has been at it for too long" });
    }
    for (const older of before) void ask(older.id).catch(() => undefined);
    setTimeout(() => {
      const other = asked.get(id);
      if (other === undefined) asked.set(id, entry);
      else other.done.promise.then(entry.done.resolve, entry.done.reject);
      queue.add(id);
      begin();
    }, ASK_AGAIN_MS).unref();
  }

  return {
    async settle(ids) {
      const outcomes = await Promise.all(ids.map(async (id) => [id, await ask(id)] as const));
      return new Map(outcomes);
    },
    settleSlowly(ids) {
      slow = slow
        .then(async () => {
          for (const id of ids) if (!stopped) await runThese([id]);
        })
        .catch((error: unknown) => log.warn({ err: error }, "what was taken over could not be put in order yet"));
      return slow;
    },
    async stop() {
      stopped = true;
      await Promise.all(rounds);
      // A walk is ended with the driver, and begun again later.
      for (const { done } of asked.values()) done.resolve({ code: "busy", problem: "the server is stopping" });
    },
  };
}

/** Takes those that nobody is at, and before which no deleted one of the same name has to go. */
async function claim({ db }: SettlerContext, holder: string, ids: readonly number[]): Promise<SubjectRow[]> {
  const free = inOrder(db)
    .where("s.id", "in", ids)
    .where((e) => e.or([e("s.lease_until", "is", null), e("s.lease_until", "<", sql<Date>`now()`)]))
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("storage_subjects as o")
            .select("o.id")
            .whereRef("o.kind", "=", "s.kind")
            .whereRef("o.name", "=", "s.name")
            .whereRef("o.id", "<", "s.id")
            .whereRef("o.settled", "<", "o.wanted"),
        ),
      ),
    );
  return db
    .updateTable("storage_subjects")
    .set({ lease_holder: holder, lease_until: leaseEnd() })
    .where("id", "in", free)
    .returningAll()
    .execute();
}

/** Null: it is no longer there. Else the unsettled ones of its name before it, whose turn comes first. */
async function olderOf(
  { db }: SettlerContext,
  id: number,
): Promise<{ readonly id: number; readonly problem: string | null }[] | null> {
  const row = await db.selectFrom("storage_subjects").select(["kind", "name"]).where("id", "=", id).executeTakeFirst();
  if (row === undefined) return null;
  return db
    .selectFrom("storage_subjects")
    .select(["id", "problem"])
    .where("kind", "=", row.kind)
    .where("name", "=", row.name)
    .where("id", "<", id)
    .whereRef("settled", "<", "wanted")
    .execute();
}

async function renew({ db }: SettlerContext, holder: string, ids: readonly number[]): Promise<void> {
  await db
    .updateTable("storage_subjects")
    .set({ lease_until: leaseEnd() })
    .where("id", "in", inOrder(db).where("s.id", "in", ids).where("s.lease_holder", "=", holder))
    .execute();
}

function leaseEnd() {
  return sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})`;
}

async function release({ db }: SettlerContext, holder: string, ids: readonly number[]): Promise<void> {
  await db
    .updateTable("storage_subjects")
    .set({ lease_holder: null, lease_until: null })
    .where("id", "in", inOrder(db).where("s.id", "in", ids).where("s.lease_holder", "=", holder))
    .execute();
}
