import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { OperationRun } from "../../platform/operations/contract.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import type { HubContext } from "../context.ts";
import type { HubTables } from "../tables.ts";
import { launchKind } from "./launch-operation.ts";
import { launchOf } from "./launch-rows.ts";

let database: TestDatabase;
let context: HubContext;
let accountId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  const platform = createTestPlatform({ db: database.db });
  const db = database.db.withTables<HubTables>();
  const people = {} as HubContext["people"];
  context = { platform, db, client: null, people, statsOf: async () => ({}) as never, roomOf: () => null };
  const made = await database.pool.query(
    `insert into accounts (kind, username, username_key, email, full_name) values ('person', 'ada', 'ada', 'a@b.c', 'Ada')
     returning id`,
  );
  accountId = Number(made.rows[0].id);
});
afterAll(() => database.drop());

/** The platform has given the operation up: its last worker died, or failed by a defect. */
async function givenUp(begunSecondsAgo: number): Promise<void> {
  const id = randomUUID();
  await context.db.deleteFrom("hub_launches").execute();
  const begun_at = new Date(Date.now() - begunSecondsAgo * 1_000);
  const launch = { account_id: accountId, server: "", operation_id: id, state: "asked" as const, begun_at };
  await context.db.insertInto("hub_launches").values(launch).execute();
  const operation = { id, subject: { kind: "hub-server", id: "ada/" }, input: { account_id: accountId, server: "" } };
  const step: OperationRun["step"] = (_text, work) => context.platform.db.transaction().execute((trx) => work(trx));
  const run = { operation, step } as unknown as OperationRun;
  await launchKind(context, () => undefined).settle?.(run, "failed");
}

it("a launch that was given up within its time is not called slow: why it failed is not known", async () => {
  await givenUp(10);
  expect(await launchOf(context.db, accountId, "")).toMatchObject({ state: "failed", cause: null });
  const { rows } = await database.pool.query("select outcome from hub_calls where call = 'launch'");
  expect(rows).toEqual([{ outcome: "unknown" }]);
});

it("one whose time is over is", async () => {
  await givenUp(context.platform.config.hub.launchSeconds + 1);
  expect(await launchOf(context.db, accountId, "")).toMatchObject({ state: "failed", cause: "too_slow" });
});
