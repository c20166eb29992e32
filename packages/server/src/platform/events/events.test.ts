import { setTimeout as delay } from "node:timers/promises";
import { sql, type Transaction } from "kysely";
import pg from "pg";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { NewEvent, StoredEvent } from "./contract.ts";
import { createEvents, type EventsService } from "./events.ts";
import { startNewEpoch, thinEvents } from "./retention.ts";
import type { EventTables } from "./tables.ts";

const log = pino({ level: "silent" });
let database: TestDatabase;
let events: EventsService;
let running: EventsService[];

beforeEach(async () => {
  database = await createTestDatabase();
  running = [];
  events = open();
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  await database.drop();
});

function open(options: { pollMs?: number } = {}): EventsService {
  const opened = createEvents({ db: database.db, directUrl: database.url, log, ...options });
  running.push(opened);
  return opened;
}

function event(name: string, extra: Partial<NewEvent> = {}): NewEvent {
  return { type: "test.event", subject: { kind: "test", id: name }, audience: "everyone", data: {}, ...extra };
}

const publish = (name: string, extra?: Partial<NewEvent>) =>
  database.db.transaction().execute((trx) => events.publish(trx, event(name, extra)));

/** A transaction that stays open until told. */
async function openTransaction(work: (trx: Transaction<EventTables>) => Promise<void>) {
  let commit = () => {};
  let done: Promise<void> = Promise.resolve();
  await new Promise<void>((ready) => {
    done = database.db.transaction().execute(async (trx) => {
      await work(trx);
      await new Promise<void>((resolve) => {
        commit = resolve;
        ready();
      });
    });
  });
  return {
    commit() {
      commit();
      return done;
    },
  };
}

function collect(service: EventsService, after?: string) {
  const seen: string[] = [];
  const got: StoredEvent[] = [];
  const stop = service.subscribe(after === undefined ? {} : { after }, (each) => {
    seen.push(each.subject.id);
    got.push(each);
  });
  return { seen, got, stop };
}

describe("order and completeness", () => {
  test("an event that commits after a later one is not skipped", async () => {
    const start = await events.head();
    const slow = await openTransaction((trx) => events.publish(trx, event("early id, late commit")));
    await publish("late id, early commit");
    expect(await events.since(start, 10)).toEqual([]);
    await slow.commit();
    const read = await events.since(start, 10);
    expect(read.map((each) => each.subject.id)).toEqual(["early id, late commit", "late id, early commit"]);
  });

  test("a writer that began before the newest id but publishes after a read is not skipped", async () => {
    const start = await events.head();
    const slow = new pg.Client({ connectionString: database.url });
    await slow.connect();
    await slow.query("begin; create table of_the_writer (id int)");
    await publish("first");
    const [first] = await events.since(start, 10);
    expect(first?.subject.id).toBe("first");
    await slow.query(`insert into events (type, subject_kind, subject_id, visibility, data)
      values ('test.event', 'test', 'second', 'everyone', '{}'); commit`);
    await slow.end();
    expect((await events.since(first?.cursor ?? "", 10)).map((each) => each.subject.id)).toEqual(["second"]);
  });

  test("a savepoint rolled back takes its lock away, and the next publish takes another", async () => {
    const start = await events.head();
    await database.db.transaction().execute(async (trx) => {
      await sql`savepoint before`.execute(trx);
      await events.publish(trx, event("undone"));
      await sql`rollback to savepoint before`.execute(trx);
      await publish("other");
      await events.publish(trx, event("kept"));
      expect(await events.since(start, 10)).toHaveLength(1);
    });
    expect((await events.since(start, 10)).map((each) => each.subject.id)).toEqual(["other", "kept"]);
  });

  test("a long transaction elsewhere, reading or writing, holds nothing back", async () => {
    const start = await events.head();
    const writer = await openTransaction(async (trx) => void (await sql`create table unrelated (id int)`.execute(trx)));
    const reader = await openTransaction(
      async (trx) => void (await sql`set transaction isolation level repeatable read; select 1`.execute(trx)),
    );
    await publish("now");
    expect(await events.since(start, 10)).toHaveLength(1);
    await Promise.all([writer.commit(), reader.commit()]);
  });

  test("ten connections at random: every reader sees everything once, in one order", async () => {
    const start = await events.head();
    await events.start();
    const live = collect(events);
    const clients = Array.from({ length: 10 }, () => new pg.Client({ connectionString: database.url }));
    await Promise.all(clients.map((client) => client.connect()));
    const write = async (client: pg.Client, number: number) => {
      for (let round = 0; round < 20; round++) {
        await client.query("begin");
        const statement = `insert into events (type, subject_kind, subject_id, visibility, data)
          values ('test.event', 'test', '${number}-${round}', 'everyone', '{}')`;
        await client.query(statement);
        await delay(Math.random() * 4);
        await client.query(round % 7 === 0 ? "rollback" : "commit");
      }
    };
    await Promise.all(clients.map(write));
    await Promise.all(clients.map((client) => client.end()));
    const all = await events.since(start, 1_000);
    expect(all).toHaveLength(10 * 17);
    await vi.waitFor(() => expect(live.seen).toHaveLength(170));
    expect(live.seen).toEqual(all.map((each) => each.subject.id));
  });
});

describe("delivery", () => {
  test("reaches another process at once, with type, subject, audience, data and time", async () => {
    // It reads when it is told, or never within this test.
    const other = open({ pollMs: 600_000 });
    await Promise.all([events.start(), other.start()]);
    await vi.waitFor(() => expect(other.listening).toBe(true));
    const there = collect(other);
    await publish("seven", { audience: [7, 8], data: { what: "it" } });
    await vi.waitFor(() => expect(there.got).toHaveLength(1), { interval: 2 });
    expect(there.got[0]).toMatchObject({ type: "test.event", audience: [7, 8], data: { what: "it" } });
    expect(Date.parse(there.got[0]?.at ?? "")).toBeGreaterThan(Date.now() - 5_000);
  });

  test("filters by type, survives a subscriber that throws, and stops when told", async () => {
    await events.start();
    events.subscribe({}, () => {
      throw new Error("on purpose");
    });
    const typed: string[] = [];
    const stop = events.subscribe({ types: ["test.other"] }, (each) => typed.push(each.subject.id));
    await publish("no");
    await publish("yes", { type: "test.other" });
    await vi.waitFor(() => expect(typed).toEqual(["yes"]));
    stop();
    const last = collect(events);
    await publish("again", { type: "test.other" });
    await vi.waitFor(() => expect(last.seen).toEqual(["again"]));
    expect(typed).toEqual(["yes"]);
  });

  test("goes on by polling while LISTEN is cut, and listens again", async () => {
    await events.start();
    await vi.waitFor(() => expect(events.listening).toBe(true));
    const live = collect(events);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'stoa/listen' and datname = current_database()`.execute(database.db);
    await vi.waitFor(() => expect(events.listening).toBe(false), { interval: 1 });
    await publish("meanwhile");
    await vi.waitFor(() => expect(live.seen).toEqual(["meanwhile"]), { timeout: 2_000 });
    await vi.waitFor(() => expect(events.listening).toBe(true), { timeout: 5_000 });
    await publish("after");
    await vi.waitFor(() => expect(live.seen).toEqual(["meanwhile", "after"]));
  });

  test("does not wait for a connection of a pool that others have taken", async () => {
    await events.start();
    const live = collect(events);
    const release: (() => void)[] = [];
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    for (let taken = 0; taken < (database.pool.options.max ?? 10); taken++) {
      const connection = await database.pool.connect();
      release.push(() => connection.release());
    }
    await client.query(`insert into events (type, subject_kind, subject_id, visibility, data)
      values ('test.event', 'test', 'urgent', 'internal', '{}')`);
    await vi.waitFor(() => expect(live.seen).toEqual(["urgent"]));
    for (const each of release) each();
    await client.end();
  });

  test("a resumed subscription gets what it missed, then what comes, each once", async () => {
    await events.start();
    const start = await events.head();
    for (let number = 0; number < 20; number++) await publish(`old ${number}`);
    const resumed = collect(events, start);
    const writing = (async () => {
      for (let number = 0; number < 20; number++) await publish(`new ${number}`);
    })();
    await writing;
    await vi.waitFor(() => expect(resumed.seen).toHaveLength(40));
    expect(resumed.seen.slice(0, 2)).toEqual(["old 0", "old 1"]);
    expect(new Set(resumed.seen).size).toBe(40);
  });
});

describe("cursors that are gone", () => {
  test("nonsense, of another epoch, ahead of the outbox, thinned away", async () => {
    await publish("one");
    const cursor = await events.head();
    await expect(events.since("nonsense", 1)).rejects.toMatchObject({ code: "gone" });
    await expect(events.since(`${cursor}99`, 1)).rejects.toMatchObject({ code: "gone" });
    await sql`update events set at = now() - interval '8 days'`.execute(database.db);
    await publish("two");
    expect(await thinEvents(database.db, 7)).toBe(1);
    expect(await events.since(cursor, 5)).toHaveLength(1);
    const [epoch] = cursor.split(".");
    await expect(events.since(`${epoch}.0`, 1)).rejects.toMatchObject({ code: "gone" });
    await startNewEpoch(database.db);
    await expect(events.since(cursor, 1)).rejects.toMatchObject({ code: "gone" });
  });

  test("a subscription is told, and those that can't be told go on", async () => {
    await events.start();
    const gone = vi.fn();
    events.subscribe({ after: "old.1", onGone: gone }, () => undefined);
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce());
    const restored = vi.fn();
    events.subscribe({ onGone: restored }, () => undefined);
    const plain = collect(events);
    await startNewEpoch(database.db);
    await vi.waitFor(() => expect(restored).toHaveBeenCalledOnce(), { timeout: 3_000 });
    await publish("afterwards");
    await vi.waitFor(() => expect(plain.seen).toEqual(["afterwards"]));
  });
});
