import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { HubDb } from "../tables.ts";
import { dayCurve } from "./curve.ts";

let database: TestDatabase;
let db: HubDb;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db as unknown as HubDb;
});
afterAll(() => database.drop());

const count = (minutesAgo: number, call: string, outcome: string, calls: number, milliseconds: number) =>
  sql`insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest)
    values (date_bin('30 minutes', now(), 'epoch') - make_interval(mins => ${minutesAgo}), ${call}, ${outcome},
      ${calls}, 0, ${milliseconds}, ${milliseconds})`.execute(db);

it("is a day of half hours, oldest first, with nothing where nothing was called", async () => {
  const points = await dayCurve(db);
  expect(points).toHaveLength(48);
  const [first, last] = [points[0], points.at(-1)];
  expect((last?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)).toBe(47 * 1_800_000);
  expect(Date.now() - (last?.at.getTime() ?? 0)).toBeLessThan(1_800_000 + 5_000);
  expect(last).toMatchObject({ calls: 0, fine: 0, mean_ms: null, launches: 0, launches_ok: 0 });
});

it("tells calls and launches apart, and leaves out what was cancelled and what is older than a day", async () => {
  await count(0, "user", "ok", 3, 30);
  await count(0, "spawn", "unreachable", 1, 70);
  await count(0, "launch", "ok", 2, 9_000);
  await count(0, "launch", "too_slow", 1, 60_000);
  await count(0, "launch", "cancelled", 4, 100);
  await count(1, "user", "no_such_user", 2, 10);
  await count(48 * 30, "user", "ok", 99, 10);
  const points = await dayCurve(db);
  expect(points.at(-1)).toMatchObject({ calls: 4, fine: 3, mean_ms: 25, launches: 3, launches_ok: 2 });
  expect(points.at(-2)).toMatchObject({ calls: 2, fine: 2, mean_ms: 5, launches: 0 });
  expect(points.reduce((sum, { calls }) => sum + calls, 0)).toBe(6);
});
