import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { describeSchema } from "../platform/database/describe-schema.ts";
import { migrateToLatest } from "../platform/database/migrate.ts";
import { createTestDatabase } from "../testing/test-database.ts";
import { migrations } from "./index.ts";
import { landedHashes, migrationHash } from "./land.ts";

describe("migrations", () => {
  test("each file is in the map, and the map in order", async () => {
    const files = (await readdir(import.meta.dirname)).filter((name) => /^\d{4}-/.test(name));
    const names = Object.keys(migrations);
    expect(names).toEqual(files.map((name) => name.replace(/\.ts$/, "")).sort());
  });

  test("one that has landed is not edited, renamed or removed", async () => {
    for (const [name, hash] of Object.entries(await landedHashes())) {
      expect(await migrationHash(name), `${name} has landed: write another migration instead`).toBe(hash);
    }
  });

  test("an upgraded database has the schema of a fresh one", async () => {
    const [fresh, upgraded] = [await createTestDatabase(), await createTestDatabase({ migrated: false })];
    const all = Object.entries(migrations);
    for (const [index] of all.entries()) {
      await migrateToLatest(upgraded.db, Object.fromEntries(all.slice(0, index + 1)));
    }
    expect(await describeSchema(upgraded.db)).toEqual(await describeSchema(fresh.db));
    await Promise.all([fresh.drop(), upgraded.drop()]);
  });
});
