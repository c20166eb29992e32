import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { StoredEvent as Event } from "../../platform/events/contract.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform, testConfig } from "../../testing/test-platform.ts";
import type { StorageDb, StorageTables } from "../tables.ts";
import { createGate, type Gate, MOVING } from "./gate.ts";
import { lockMoves, writersOf } from "./move-rows.ts";

let database: TestDatabase;
let db: StorageDb;
let account: number;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db.withTables<StorageTables>();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  const { rows } = await database.pool.query(
    `insert into accounts (username, username_key, email, full_name, password_hash, status)
     values ($1, $1, $1 || '@x.y', $1, 'x', 'active') returning id`,
    [`p${randomUUID().slice(0, 8)}`],
  );
  account = rows[0].id;
});

/** A server of a cluster. @param mend true: what holds up is over */
function server(nodeId: string, mend: () => Promise<boolean> = async () => false) {
  const told: ((event: Event) => void)[] = [];
  const platform = createTestPlatform({ config: { ...testConfig(), nodeId }, db: database.db });
  const events = {
    ...platform.events,
    subscribe: (_filter: unknown, listener: (event: Event) => void) => {
      told.push(listener);
      return () => undefined;
    },
  };
  const gate: Gate = createGate({ ...platform, events }, db, mend);
  gate.start();
  const tell = () => {
    for (const listener of told) listener({ type: MOVING, data: { account_id: account } } as unknown as Event);
  };
  return { gate, tell };
}

/** A move begins, as its operation does it. */
async function beginMove(state: "copying" | "switching", isLive: boolean): Promise<void> {
  const id = randomUUID();
  await database.pool.query(
    `insert into operations (id, kind, subject_kind, subject_id, actor_label, audience, input, state, max_attempts,
       cancellable, exclusive, queue) values ($1::uuid, 'storage.move_in', 'storage', $1::text, 'x', '{}', '{}', $2, 1, true, true, 'q')`,
    [id, isLive ? "running" : "failed"],
  );
  await db.transaction().execute(async (trx) => {
    await lockMoves(trx, account, "alone");
    await trx
      .insertInto("storage_moves")
      .values({ account_id: account, subject_id: null, operation_id: id, state, moved_at: null, purge_at: null })
      .execute();
  });
}

const moving = expect.objectContaining({ code: "unavailable", details: { reason: "workspaces_moving" } });

describe("work on files, and moves", () => {
  it("are never there at once: what is under way is waited for, what comes is refused", async () => {
    const { gate, tell } = server("one");
    const passes = await Promise.all([gate.enter(account), gate.enter(account)]);
    expect(await writersOf(db, account)).toBe(1);
    await beginMove("copying", true);
    await expect(server("two").gate.enter(account)).rejects.toEqual(moving);
    tell();
    const tried = async () => {
      const pass = await gate.enter(account).catch((error: { code: string }) => error.code);
      if (typeof pass === "string") return pass;
      pass.release();
      return null;
    };
    await expect.poll(tried).toBe("unavailable");
    expect(await writersOf(db, account)).toBe(1);
    passes[0]?.release();
    passes[0]?.release();
    expect(await writersOf(db, account)).toBe(1);
    expect(passes[1]?.signal?.aborted).toBe(false);
    passes[1]?.release();
    await expect.poll(() => writersOf(db, account)).toBe(0);
    gate.stop();
  });

  it("never miss one another, however close they come", async () => {
    const servers = Array.from({ length: 6 }, (_, n) => server(`s${n}`).gate);
    const entering = servers.map((gate) =>
      gate.enter(account).then(
        () => true,
        () => false,
      ),
    );
    const begun = beginMove("copying", true).then(() => writersOf(db, account));
    const entered = (await Promise.all(entering)).filter(Boolean).length;
    expect(await begun).toBe(entered);
    for (const gate of servers) gate.stop();
  });

  it("wait for no server that is no more, once its time is over", async () => {
    const { gate } = server("dead");
    await gate.enter(account);
    gate.stop();
    await db
      .updateTable("storage_writers")
      .set({ until: new Date(Date.now() - 1) })
      .where("account_id", "=", account)
      .execute();
    expect(await writersOf(db, account)).toBe(0);
  });

  it("are held up by no copy that nobody makes, and by a switch until it was looked at", async () => {
    await beginMove("copying", false);
    const first = server("one");
    (await first.gate.enter(account)).release();
    await db.deleteFrom("storage_moves").execute();
    await beginMove("switching", false);
    await expect(server("two").gate.enter(account)).rejects.toEqual(moving);
    const mending = server("three", async () => {
      await db.updateTable("storage_moves").set({ state: "moved" }).where("account_id", "=", account).execute();
      return true;
    });
    (await mending.gate.enter(account)).release();
  });

  it("ask for nothing in the midst of other work, whose lease is kept anyway", async () => {
    const { gate } = server("one");
    const pass = await gate.enter(account);
    const later = performance.now() + 40_000;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => later);
    const entered = await db.transaction().execute(async (trx) => {
      await lockMoves(trx, account, "alone");
      const inner = gate.enter(account).then((one) => one.release());
      return await Promise.race([inner.then(() => true), sleep(1_000).then(() => false)]);
    });
    clock.mockRestore();
    pass.release();
    gate.stop();
    expect(entered).toBe(true);
  });

  it("are one lease of a server's, however long it looked at what a move has left", { timeout: 30_000 }, async () => {
    await beginMove("switching", false);
    let looks = 0;
    const { gate, tell } = server("one", async () => {
      looks += 1;
      if (looks > 1) return false;
      await sleep(6_000);
      await db.deleteFrom("storage_moves").where("account_id", "=", account).execute();
      return true;
    });
    const pass = await gate.enter(account);
    await beginMove("copying", true);
    tell();
    await expect
      .poll(() =>
        gate.enter(account).then(
          (one) => one.release(),
          (error: unknown) => error,
        ),
      )
      .toEqual(moving);
    await sleep(300);
    expect(await writersOf(db, account)).toBe(1);
    pass.release();
    await expect.poll(() => writersOf(db, account)).toBe(0);
    gate.stop();
  });

  it("end work that goes on and on when a move has begun", { timeout: 30_000 }, async () => {
    const { gate, tell } = server("one");
    const pass = await gate.enter(account);
    await beginMove("copying", true);
    tell();
    await expect.poll(() => pass.signal?.aborted, { timeout: 15_000 }).toBe(true);
    expect(pass.signal?.reason).toEqual(moving);
    gate.stop();
  });
});
