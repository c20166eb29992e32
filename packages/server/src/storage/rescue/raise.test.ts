import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DriverState } from "../drivers/contract.ts";
import { createStorageServer, KEY, type StorageServer } from "../testing-storage.ts";

const GiB = 2 ** 30;
const over = Math.round(1.1 * GiB);
const mine = "/api/stoa/v1/storage/mine";

let stoa: StorageServer;
let enforcedBy: DriverState["capabilities"]["enforcedBy"];
let changed: Partial<DriverState>;

beforeAll(async () => {
  stoa = await createStorageServer({
    driver: (real) =>
      Object.create(real, {
        state: {
          get: (): DriverState => ({
            ...{ ...real.state, capabilities: { ...real.state.capabilities, enforcedBy } },
            ...changed,
          }),
        },
      }),
  });
  // The figures are this test's own.
  await stoa.storage.upkeep.scan.stop();
});
afterAll(() => stoa.close());
beforeEach(() => {
  [enforcedBy, changed] = ["project", { free: 10 * GiB }];
  askedWith(KEY);
});

/** Contract 1's key in the settings; null: no hub asks. */
function askedWith(apiKey: string | null): void {
  Object.assign(stoa.server.platform.config, { apiKey });
}

let last = 0;

/** Somebody with a quota who uses so much, as if it had just been counted. */
async function somebody(used: number, quota = GiB) {
  last += 1;
  const name = `full-${last}`;
  const person = await stoa.server.person(name);
  const made = await stoa.ask("POST", "/subjects", { kind: "user", name, quota, account_id: person.id });
  const { id } = made.body as { id: number };
  await stoa.server.database.pool.query(
    "update storage_subjects set used = $2, used_kind = 'apparent', used_at = now(), scan_at = now() + interval '1 day' where id = $1",
    [id, used],
  );
  await stoa.storage.upkeep.reconcile.round({ list: false });
  const own = async () =>
    (await stoa.server.call("GET", mine, { as: person })).body as { own: { used: number }; raise: object };
  await stoa.server.database.pool.query(
    `insert into events (type, subject_kind, subject_id, visibility, data)
     values ('storage.counted', 'storage', 'all', 'internal', '{"figures": null}')`,
  );
  await expect.poll(async () => (await own()).own.used).toBe(used);
  return { id, own, raise: () => stoa.server.call("POST", `${mine}/raise`, { as: person }) };
}

describe("one's own raise", () => {
  it("is to be had once, for a while, and again once an administrator has set the quota", async () => {
    const { id, own, raise } = await somebody(over);
    expect((await own()).raise).toMatchObject({ possible: true, why_not: null, bytes: Math.ceil(GiB / 10) });
    expect((await raise()).body).toMatchObject({
      own: { quota: GiB, effective_quota: GiB + Math.ceil(GiB / 10) },
      raise: { possible: false, why_not: "taken", comes_first: false },
    });
    expect(await raise()).toMatchObject({ status: 409, body: { details: { reason: "raise_taken" } } });
    await stoa.server.database.pool.query(
      "update storage_subjects set raise_until = now() - interval '1 second' where id = $1",
      [id],
    );
    await stoa.storage.upkeep.reconcile.round({ list: false });
    expect((await stoa.ask("GET", `/subjects/${id}`)).body).toMatchObject({ effective_quota: GiB, raise: null });
    expect((await raise()).status).toBe(409);
    await stoa.ask("PUT", `/subjects/${id}/quota`, { quota: GiB + 1 });
    await expect.poll(async () => (await raise()).status).toBe(200);
  });

  it.each<[string, number, number, () => void]>([
    ["not_over", GiB / 2, GiB, () => undefined],
    ["no_quota", over, 0, () => undefined],
    [
      "unenforced",
      over,
      GiB,
      () => {
        enforcedBy = null;
        askedWith(null);
      },
    ],
    ["disk_full", over, GiB, () => (changed = { free: 2 ** 20 })],
    ["away", over, GiB, () => (changed = { ok: false, free: null })],
  ])("is neither offered nor given where it can't help: %s", async (why, used, quota, becomes) => {
    const { id, own, raise } = await somebody(used, quota);
    becomes();
    expect((await own()).raise).toMatchObject({ possible: false, why_not: why });
    expect(await raise()).toMatchObject({ status: 409, body: { details: { reason: `raise_${why}` } } });
    const { rows } = await stoa.server.database.pool.query(
      "select raise, raise_taken_at from storage_subjects where id = $1",
      [id],
    );
    expect(rows).toEqual([{ raise: 0, raise_taken_at: null }]);
  });

  it("is given where a hub alone holds to the quota: it starts nothing for who is over it", async () => {
    const { raise } = await somebody(over);
    enforcedBy = null;
    expect((await raise()).status).toBe(200);
  });

  it("of little is given on a disk with little room, if that is enough for it", async () => {
    changed = { free: 2 ** 20 };
    expect((await (await somebody(4096, 4096)).raise()).status).toBe(200);
  });
});
