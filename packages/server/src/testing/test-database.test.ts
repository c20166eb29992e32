import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { createTestDatabase } from "./test-database.ts";

describe("a test database", () => {
  test("is migrated, and one's own", async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await sql`create table only_here (id int)`.execute(one.db);
    await expect(sql`select * from only_here`.execute(two.db)).rejects.toMatchObject({ code: "42P01" });
    await sql`select * from kysely_migration`.execute(two.db);
    await Promise.all([one.drop(), two.drop()]);
  });

  test("can be empty", async () => {
    const empty = await createTestDatabase({ migrated: false });
    const { rows } = await sql`select 1 from pg_tables where schemaname = 'public'`.execute(empty.db);
    expect(rows).toEqual([]);
    await empty.drop();
  });
});
