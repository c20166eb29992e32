import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

let stoa: StorageServer;
beforeAll(async () => {
  stoa = await createStorageServer();
});
afterAll(() => stoa.close());

it("leaves nothing behind where it is refused: of who has storage already, of a group for a person", async () => {
  const { id } = await stoa.server.person("ada");
  expect((await stoa.ask("POST", "/subjects", { kind: "user", name: "ada", account_id: id })).status).toBe(201);
  const refused = [
    [{ kind: "user", name: "ada2", account_id: id }, 409],
    [{ kind: "group", name: "adas", account_id: id }, 422],
    [{ kind: "user", name: "ada3", account_id: 999_999 }, 404],
  ] as const;
  for (const [body, status] of refused) expect((await stoa.ask("POST", "/subjects", body)).status).toBe(status);
  const { items } = (await stoa.ask("GET", "/subjects")).body as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).toEqual(["ada"]);
  expect((await readdir(stoa.base)).filter((name) => name.startsWith("ada"))).toEqual(["ada"]);
});

it("links what was there before without shutting out who has written there", async () => {
  const { id: account_id } = await stoa.server.person("paul");
  const directory = path.join(stoa.base, "paul");
  await mkdir(directory);
  await chmod(directory, 0o700);
  await stoa.storage.upkeep.reconcile.round({ list: true });
  const before = await stat(directory);
  const row = ((await stoa.ask("GET", "/subjects?search=paul")).body as { items: { id: number }[] }).items[0];
  expect((await stoa.ask("PUT", `/subjects/${row?.id}/link`, { account_id })).status).toBe(200);
  await stoa.storage.upkeep.reconcile.round({ list: true });
  const { mode, uid, gid } = await stat(directory);
  expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
});

it("looks again at whom it tells a hub to be over, who may have tidied up since", async () => {
  await stoa.hub("POST", "/api/v1/users/", { name: "tidy", quota: 8192 });
  const file = path.join(stoa.base, "tidy", "file");
  await writeFile(file, Buffer.alloc(4096));
  await stoa.server.database.pool.query(
    `update storage_subjects set used = 100000, used_kind = 'apparent', used_at = now() - interval '1 hour',
      scan_at = now() + interval '1 day' where name = 'tidy'`,
  );
  await stoa.server.database.pool.query(
    `insert into events (type, subject_kind, subject_id, visibility, data)
     values ('storage.counted', 'storage', 'all', 'internal', '{"figures": null}')`,
  );
  const used = async () => ((await stoa.hub("GET", "/api/v1/users/tidy")).body as { disk_usage: number }).disk_usage;
  await expect.poll(used).toBe(100_000);
  await expect.poll(used).toBeLessThan(8192 + 4096);
});
