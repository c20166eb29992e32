import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { publishRefusals } from "./storage-refusals.ts";
import { type AccountsServer, createAccountsServer } from "./testing/accounts-server.ts";
import { anyRoom, requireStorage, type StorageRoom } from "./workspaces/storage-room/storage-room.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

it("what does not fit is published, once in ten minutes for each person", async () => {
  let now = 0;
  const { platform } = server;
  const full = { used: 9, allowed: 10, setBy: null, asOf: new Date() } as unknown as Awaited<
    ReturnType<StorageRoom["of"]>
  >;
  const room: StorageRoom = { ...anyRoom, of: async () => full, refused: publishRefusals(platform, () => now) };
  const write = (accountId: number, bytes: number) =>
    requireStorage({ room, config: platform.config }, accountId, bytes);
  const published = async () =>
    (
      await server.database.pool.query(
        "select subject_id, audience, data from events where type = 'storage.refused' order by id",
      )
    ).rows;
  await write(1, 1);
  expect(await published()).toEqual([]);
  for (const who of [1, 1, 2]) await expect(write(who, 100)).rejects.toThrow();
  await vi.waitFor(async () => expect(await published()).toHaveLength(2), 20_000);
  now += 600_000;
  await expect(write(1, 100)).rejects.toThrow();
  await vi.waitFor(async () => expect(await published()).toHaveLength(3), 20_000);
  expect((await published())[0]).toEqual({ subject_id: "1", audience: [1], data: { used: 9, allowed: 10 } });
});
