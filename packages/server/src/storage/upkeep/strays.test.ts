import { afterAll, beforeAll, expect, it } from "vitest";
import type { StorageDriver } from "../drivers/contract.ts";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

let storage: StorageServer;
let found = 0;
const asked: string[] = [];
beforeAll(async () => {
  storage = await createStorageServer({
    // No file system without project quotas has any.
    driver: (real): StorageDriver =>
      Object.create(real, {
        strays: {
          value: async ({ name }: { name: string }) => {
            asked.push(name);
            return found;
          },
        },
      }),
  });
});
afterAll(() => storage?.close());

interface Remarked {
  readonly remark: string | null;
  readonly remark_code: string | null;
}
const ada = async () => ((await storage.ask("GET", "/subjects?search=ada")).body as { items: Remarked[] }).items[0];
const remark = async () => (await ada())?.remark;

it("says of whom files have left their project, and no longer once they are back", async () => {
  await storage.hub("POST", "/api/v1/users", { name: "ada" });
  found = 3;
  await storage.storage.upkeep.reconcile.round({ list: false });
  await expect.poll(remark).toMatch(/^3 files have left their project/);
  expect((await ada())?.remark_code).toBe("strays");
  found = 0;
  await storage.storage.upkeep.reconcile.round({ list: false });
  await expect.poll(remark).toBeNull();
});

it("looks at one directory after another", async () => {
  await storage.hub("POST", "/api/v1/users", { name: "bob" });
  asked.length = 0;
  for (const times of [1, 2, 3]) {
    await storage.storage.upkeep.reconcile.round({ list: false });
    await expect.poll(() => asked.length).toBe(times);
  }
  expect(new Set(asked)).toEqual(new Set(["ada", "bob"]));
});
