import { BulkheadRejectedError, bulkhead } from "cockatiel";
import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { beginOf, monthOf } from "../months/month.ts";
import type { Months } from "../months/months.ts";
import type { ActivityDb, ActivityTrx } from "../tables.ts";
import { hasTrigrams, patternOf } from "./fold.ts";
import type { Place } from "./place.ts";
import { type Execution, endOfNext, executionsAt, type Filter, findBetween, newest, readNewest } from "./queries.ts";

export interface Ask extends Filter {
  /** A part of the code or of the error's message, any case; null: all. */
  readonly text: string | null;
  /** From here back in time; null: from the newest. */
  readonly before: Place | null;
  readonly limit: number;
  /** Milliseconds that may go into looking for a text. */
  readonly budgetMs: number;
}

export interface Page {
  readonly items: readonly Execution[];
  /** Where to go on; null: that was all. */
  readonly next: Place | null;
  /** The time was up: it looked back so far. Null: it found a whole page, or looked through everything. */
  readonly searchedBackTo: Date | null;
}

export interface Searches {
  /** @throws StoaError rate_limited, unavailable when too many search at once */
  page(ask: Ask): Promise<Page>;
}

/** Rows that are read before anything else: on them every search gets on, however short its time. */
const FIRST_READ = 1_000;
const LARGEST_READ = 64_000;
const FIRST_READ_MS = 10_000;
const AT_ONCE = 3;
const WAITING = 50;
/** Running or waiting, in the executions of one person, or in everybody's. */
const MOST_OF_ONE = 5;
const QUERY_CANCELED = "57014";

/** @param isIndexed whether there is an index of trigrams */
export function createSearches(db: ActivityDb, months: Months, isIndexed: () => Promise<boolean>): Searches {
  const room = bulkhead(AT_ONCE, WAITING);
  const ofOne = new Map<number | null, number>();

  async function search(ask: Ask & { readonly text: string }): Promise<Page> {
    const found = await look(ask);
    const items = await executionsAt(db, found.hits.slice(0, ask.limit));
    if (found.hits.length > ask.limit) return pageOf(items, true);
    return { items, next: found.stoppedAt, searchedBackTo: found.stoppedAt && timeOf(found.stoppedAt) };
  }

  async function look(ask: Ask & { readonly text: string }): Promise<Found> {
    const indexed = hasTrigrams(ask.text) && (await isIndexed());
    const way = createLook(ask, indexed ? await months.list() : null);
    try {
      await db
        .transaction()
        .setAccessMode("read only")
        .execute((trx) => way.run(trx));
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, "code") !== QUERY_CANCELED) throw error;
    }
    return way.found();
  }

  /** One person's searches leave room for the others'. */
  async function inTurn(ask: Ask & { readonly text: string }): Promise<Page> {
    const own = ofOne.get(ask.accountId) ?? 0;
    if (own >= MOST_OF_ONE) throw new StoaError("rate_limited", { details: { seconds: 1 } });
    ofOne.set(ask.accountId, own + 1);
    try {
      return await room.execute(() => search(ask));
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new StoaError("unavailable", { details: { what: "The search" }, cause: error });
    } finally {
      const left = (ofOne.get(ask.accountId) ?? 1) - 1;
      if (left === 0) ofOne.delete(ask.accountId);
      else ofOne.set(ask.accountId, left);
    }
  }

  return {
    async page(ask) {
      if (ask.text !== null) return inTurn({ ...ask, text: ask.text });
      const items = await newest(db, ask, { before: ask.before, limit: ask.limit + 1 });
      return pageOf(items.slice(0, ask.limit), items.length > ask.limit);
    },
  };
}

interface Found {
  /** Newest first; one more than asked for when there are more. */
  readonly hits: readonly Place[];
  /** Null: nothing is left to look at. */
  readonly stoppedAt: Place | null;
}

/**
 * Newest first by reading, while that finds enough; then, where the index can help, month by month through it, always
 * twice as many at once; else by reading on, in larger and larger parts. Ends when the page is full, nothing is left or
 * the time is up.
 */
function createLook(ask: Ask & { readonly text: string }, indexedMonths: readonly number[] | null) {
  const pattern = patternOf(ask.text);
  const wanted = ask.limit + 1;
  const deadline = performance.now() + ask.budgetMs;
  const hits: Place[] = [];
  let place = ask.before;
  let over = false;

  /** False: the time is up. */
  async function within(trx: ActivityTrx): Promise<boolean> {
    const left = Math.floor(deadline - performance.now());
    if (left <= 0) return false;
    await sql`set local statement_timeout = ${sql.lit(left)}`.execute(trx);
    return true;
  }

  async function read(trx: ActivityTrx, rows: number): Promise<void> {
    const found = await readNewest(trx, ask, { pattern, before: place, rows, limit: wanted - hits.length });
    hits.push(...found.hits);
    place = found.end ?? place;
    over = found.read < rows || hits.length >= wanted;
  }

  async function look(trx: ActivityTrx, from: Place | null): Promise<void> {
    hits.push(...(await findBetween(trx, ask, { pattern, before: place, from, limit: wanted - hits.length })));
    place = from ?? place;
    over = from === null || hits.length >= wanted;
  }

  async function goOnReading(trx: ActivityTrx): Promise<void> {
    for (let rows = FIRST_READ * 4; !over && (await within(trx)); rows = Math.min(rows * 2, LARGEST_READ)) {
      await look(trx, await endOfNext(trx, ask, { before: place, rows }));
    }
  }

  async function goThroughIndex(trx: ActivityTrx, months: readonly number[]): Promise<void> {
    const newest = place === null ? null : monthOf(timeOf(place));
    const left = months.filter((month) => newest === null || month <= newest);
    for (let many = 1; !over && (await within(trx)); many *= 2) {
      const oldest = left.splice(0, many).at(-1);
      const isLast = oldest === undefined || left.length === 0 || (ask.from !== null && beginOf(oldest) <= ask.from);
      await look(trx, isLast ? null : { at: beginOf(oldest).toISOString(), id: 0 });
    }
  }

  return {
    async run(trx: ActivityTrx): Promise<void> {
      await sql`set local statement_timeout = ${sql.lit(FIRST_READ_MS)}`.execute(trx);
      await read(trx, FIRST_READ);
      await (indexedMonths === null ? goOnReading(trx) : goThroughIndex(trx, indexedMonths));
    },
    found: (): Found => ({ hits, stoppedAt: over ? null : place }),
  };
}

function pageOf(items: readonly Execution[], isMore: boolean): Page {
  const last = items.at(-1);
  const next = isMore && last !== undefined ? { at: last.at_text, id: last.id } : null;
  return { items, next, searchedBackTo: null };
}

/** Both as we and as PostgreSQL write it. */
export function timeOf({ at }: Place): Date {
  return new Date(at.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
}
