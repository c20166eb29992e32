import { afterAll, beforeAll, expect, it } from "vitest";
import { withStep } from "./queries.ts";
import type { SessionTables } from "./tables.ts";
import { createGround, type Ground } from "./test-ground.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await createGround();
});
afterAll(() => ground?.clear());

it.each([
  ["half \ud83d of a character", "half \ufffd of a character"],
  ["a \0 character", "a \ufffd character"],
  ["نام 😀", "نام 😀"],
])("a step can be kept whatever it tells: %j", async (told, kept) => {
  await ground.database.pool.query(
    "insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus) values (1, $1, 'terminal', 'local', 'x', gen_random_uuid(), 1)",
    [await ground.workspace(1)],
  );
  const db = ground.database.db.withTables<SessionTables>();
  const written = db.updateTable("jobs").set({ steps: withStep(told), reason: told.replaceAll("\0", "") });
  const [row] = await written.returning("steps").execute();
  expect(row?.steps.at(-1)?.text).toBe(kept);
});
