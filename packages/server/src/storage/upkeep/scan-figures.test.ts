import { appendFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { StorageDriver } from "../drivers/contract.ts";
import { createStorageServer, type StorageChanges, type StorageServer } from "../testing-storage.ts";

const open: StorageServer[] = [];
async function start(changes: StorageChanges = {}): Promise<StorageServer> {
  const server = await createStorageServer(changes);
  open.push(server);
  return server;
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const usage = async (server: StorageServer, name: string) =>
  ((await server.hub("GET", `/api/v1/users/${name}`)).body as { disk_usage: number }).disk_usage;

/** Now, whether they were counted in the background before or not. */
async function countAll({ server: { database }, storage }: StorageServer): Promise<void> {
  await database.pool.query("update storage_subjects set scan_at = now()");
  await storage.upkeep.scan.round();
}

describe("usage where no kernel counts", () => {
  it("is added up in the background, hard links once, and looked at ever more seldom", async () => {
    const server = await start();
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await writeFile(path.join(server.base, "ada", "data"), Buffer.alloc(300_000));
    const { link } = await import("node:fs/promises");
    await link(path.join(server.base, "ada", "data"), path.join(server.base, "ada", "again"));
    // The background may have counted it before: twice the same is a quiet one.
    await countAll(server);
    expect(await usage(server, "ada")).toBeGreaterThanOrEqual(300_000);
    expect(await usage(server, "ada")).toBeLessThan(400_000);
    await appendFile(path.join(server.base, "ada", "data"), Buffer.alloc(1_000));
    await countAll(server);
    const every = async () =>
      (await server.server.database.pool.query("select scan_every from storage_subjects")).rows[0].scan_every as number;
    expect(await every()).toBe(300);
    for (const expected of [600, 1200]) {
      await server.ask("POST", "/recount", {});
      await server.storage.upkeep.scan.round();
      expect(await every()).toBe(expected);
    }
  });

  it.each(["everybody", "one"])("counts again, asked for %s, who is just being counted", async (who) => {
    let meanwhile = async () => {};
    const server = await start({
      driver: (real) =>
        Object.assign(Object.create(real) as StorageDriver, {
          async measure(...asked: Parameters<NonNullable<StorageDriver["measure"]>>) {
            const sizes = await real.measure?.(...asked);
            await meanwhile();
            return sizes;
          },
          async measureBase(...asked: Parameters<NonNullable<StorageDriver["measureBase"]>>) {
            const sizes = await real.measureBase?.(...asked);
            await meanwhile();
            return sizes;
          },
        }),
    });
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await server.hub("POST", "/api/v1/users", { name: "eve" });
    await countAll(server);
    const { rows } = await server.server.database.pool.query("select id from storage_subjects where name = 'ada'");
    let looks = 0;
    meanwhile = async () => {
      looks += 1;
      if (looks > 1) return;
      await writeFile(path.join(server.base, "ada", "data"), Buffer.alloc(300_000));
      await server.ask("POST", "/recount", who === "one" ? { ids: rows.map(({ id }) => Number(id)) } : {});
    };
    await countAll(server);
    await expect.poll(() => usage(server, "ada")).toBeGreaterThanOrEqual(300_000);
    await expect.poll(() => looks).toBe(2);
    expect(await server.storage.upkeep.scan.round()).toBe(0);
  });

  it("counts no one again and again for an ask that lies ahead, the clock having been put back; and takes a new one", async () => {
    const server = await start();
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await server.server.database.pool.query(
      "insert into storage_recounts (asked_at) values (now() + interval '1 hour')",
    );
    await countAll(server);
    expect(await server.storage.upkeep.scan.round()).toBe(0);
    await writeFile(path.join(server.base, "ada", "data"), Buffer.alloc(300_000));
    await server.ask("POST", "/recount", {});
    await expect.poll(() => usage(server, "ada")).toBeGreaterThanOrEqual(300_000);
  });

  it("counts a file that grew deep below although its folders' times stood still", async () => {
    const server = await start();
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    const deep = path.join(server.base, "ada", "a", "b");
    await mkdir(deep, { recursive: true });
    await writeFile(path.join(deep, "log"), "x");
    await server.storage.upkeep.scan.round();
    await writeFile(path.join(deep, "log"), Buffer.alloc(200_000));
    await server.ask("POST", "/recount", {});
    await server.storage.upkeep.scan.round();
    await expect.poll(() => usage(server, "ada")).toBeGreaterThanOrEqual(200_000);
  });
});
