import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testPrincipal } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createEvents, type EventsService } from "../events/events.ts";
import { createRevocationBus } from "./revocation-bus.ts";

const log = pino({ level: "silent" });
let database: TestDatabase;
const services: EventsService[] = [];

/** One server process: its own listener on the shared database. */
async function process_() {
  const events = createEvents({ db: database.db, directUrl: database.url, log });
  await events.start();
  services.push(events);
  return createRevocationBus(events, log);
}

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(services.map((events) => events.stop()));
  await database.drop();
});

const cookie = (id: string, accountId = 7) =>
  testPrincipal({ accountId, kind: "cookie", credential: { kind: "cookie", id, expiresAt: null } });

describe("a revocation", () => {
  it("reaches the watchers and caches of every process within a second, at commit and not before", async () => {
    const [here, there] = [await process_(), await process_()];
    const ended: string[] = [];
    const seen: unknown[] = [];
    here.watch(cookie("s1"), (reason) => ended.push(`here ${reason}`));
    there.watch(cookie("s1"), (reason) => ended.push(`there ${reason}`));
    there.watch(cookie("s2"), () => ended.push("the wrong one"));
    there.onAny((what) => seen.push(what));

    await database.db.transaction().execute(async (trx) => {
      await here.revoke(trx, { credentialId: "s1" });
      await delay(100);
      expect(ended).toEqual([]);
    });
    await expect
      .poll(() => [...ended].sort(), { timeout: 1_000, interval: 10 })
      .toEqual(["here revoked", "there revoked"]);
    expect(seen).toEqual([{ credentialId: "s1" }]);
  });

  it("takes no longer than a second when the listeners have just been cut off", async () => {
    const bus = await process_();
    let ended = 0;
    bus.watch(cookie("cut"), () => ended++);
    const { rows } = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'`.execute(database.db);
    expect(rows.length).toBeGreaterThan(0);
    await database.db.transaction().execute((trx) => bus.revoke(trx, { credentialId: "cut" }));
    await expect.poll(() => ended, { timeout: 1_000, interval: 10 }).toBe(1);
  });

  it("that is rolled back never was", async () => {
    const bus = await process_();
    let ended = 0;
    bus.watch(cookie("s3"), () => ended++);
    await database.db
      .transaction()
      .execute(async (trx) => {
        await bus.revoke(trx, { credentialId: "s3" });
        throw new Error("no");
      })
      .catch(() => {});
    await delay(300);
    expect(ended).toBe(0);
  });

  it("of an account ends all its credentials but the one it spares", async () => {
    const bus = await process_();
    const ended: string[] = [];
    for (const id of ["a", "b", "spared"]) bus.watch(cookie(id, 8), () => ended.push(id));
    bus.watch(cookie("stranger", 9), () => ended.push("stranger"));
    await database.db.transaction().execute((trx) => bus.revoke(trx, { accountId: 8, except: "spared" }));
    await expect.poll(() => [...ended].sort(), { timeout: 1_000, interval: 10 }).toEqual(["a", "b"]);
  });

  it("that came while a stream was being opened ends it all the same", async () => {
    const bus = await process_();
    await database.db.transaction().execute((trx) => bus.revoke(trx, { credentialId: "early" }));
    await delay(300);
    const reason = new Promise((resolve) => bus.watch(cookie("early"), resolve));
    expect(await reason).toBe("revoked");
  });
});

describe("watching", () => {
  it("ends with the credential's own time, and not after it was stopped", async () => {
    const bus = await process_();
    const reasons: string[] = [];
    const soon = testPrincipal({ credential: { kind: "jwt", id: "j", expiresAt: Date.now() + 50 } });
    bus.watch(soon, (reason) => reasons.push(reason));
    const stop = bus.watch(soon, () => reasons.push("stopped one"));
    stop();
    const far = testPrincipal({ credential: { kind: "pat", id: "p", expiresAt: Date.now() + 90 * 86_400_000 } });
    bus.watch(far, () => reasons.push("far too soon"))();
    await delay(150);
    expect(reasons).toEqual(["expired"]);
  });
});
