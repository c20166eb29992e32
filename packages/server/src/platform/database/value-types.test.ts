import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";

describe("PostgreSQL's values", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  afterAll(() => database.drop());
  const value = async (query: ReturnType<typeof sql>) => {
    const { rows } = await query.execute(database.db);
    return (rows[0] as { value: unknown }).value;
  };

  test("int8 is a number, alone and in arrays, up to 2^53 - 1", async () => {
    expect(await value(sql`select 9007199254740991::int8 as value`)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await value(sql`select array[1, null, -9007199254740991]::int8[] as value`)).toEqual([
      1,
      null,
      Number.MIN_SAFE_INTEGER,
    ]);
    expect(await value(sql`select count(*) as value from generate_series(1, 3)`)).toBe(3);
  });

  test("a larger one is an error, never a rounded figure, and the connection goes on", async () => {
    await expect(value(sql`select 9007199254740993::int8 as value`)).rejects.toThrow("9007199254740993");
    await expect(value(sql`select array[9007199254740993]::int8[] as value`)).rejects.toThrow(RangeError);
    expect(await value(sql`select 9007199254740993::int8::text as value`)).toBe("9007199254740993");
  });

  test("timestamps are dates, json is parsed", async () => {
    expect(await value(sql`select '2026-01-02T03:04:05.678Z'::timestamptz as value`)).toEqual(
      new Date("2026-01-02T03:04:05.678Z"),
    );
    expect(await value(sql`select '{"a":[1]}'::jsonb as value`)).toEqual({ a: [1] });
  });
});
