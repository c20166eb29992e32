import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
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
const subject = async (server: StorageServer, name: string) =>
  ((await server.ask("GET", `/subjects?search=${name}`)).body as { items: Record<string, unknown>[] }).items[0];

/** A driver that a test kills between what it is told to do and what it says of it. */
function failing(what: { settle?: () => Error | null; discard?: () => Error | null }) {
  return (real: StorageDriver): StorageDriver =>
    Object.assign(Object.create(real) as StorageDriver, {
      async settle(wanted: Parameters<StorageDriver["settle"]>[0]) {
        const outcomes = await real.settle(wanted);
        const error = what.settle?.() ?? null;
        if (error !== null) throw error;
        return outcomes;
      },
      async discard(one: Parameters<StorageDriver["discard"]>[0], entry: string) {
        const outcome = await real.discard(one, entry);
        const error = what.discard?.() ?? null;
        if (error !== null) throw error;
        return outcome;
      },
    });
}

describe("what is compared each minute", () => {
  it("adopts what others made, and leaves alone what bears no name of contract 1", async () => {
    const server = await start();
    await mkdir(path.join(server.base, "found"));
    await mkdir(path.join(server.base, "groups", "team"));
    await mkdir(path.join(server.base, "lost+found"));
    await mkdir(path.join(server.base, ".hidden"));
    await writeFile(path.join(server.base, "a-file"), "");
    await server.storage.upkeep.reconcile.round({ list: true });
    const { body } = await server.hub("GET", "/api/v1/storages");
    expect((body as unknown[][]).map(([name]) => name)).toEqual(["found", "groups", "groups/team"]);
    expect(await subject(server, "found")).toMatchObject({ adopted: true, account: null, quota: 0 });
  });

  it("makes anew, and says so, what somebody has removed by hand", async () => {
    const server = await start();
    for (const name of ["one", "two"]) await server.hub("POST", "/api/v1/users", { name });
    await rm(path.join(server.base, "one"), { recursive: true });
    await server.storage.upkeep.reconcile.round({ list: true });
    expect(await readdir(server.base)).toContain("one");
    expect(await subject(server, "one")).toMatchObject({
      remark: expect.stringContaining("was gone"),
      remark_code: "made_anew",
    });
  });

  it("makes nothing where all is gone at once, as below an empty mount point", async () => {
    const server = await start();
    for (const name of ["one", "two", "three"]) await server.hub("POST", "/api/v1/users", { name });
    await rename(server.base, `${server.base}-away`);
    await mkdir(server.base, { mode: 0o711 });
    await server.storage.upkeep.reconcile.round({ list: true }).catch(() => undefined);
    expect((await readdir(server.base)).filter((name) => !name.startsWith(".") && name !== "groups")).toEqual([]);
    await rm(server.base, { recursive: true });
    await rename(`${server.base}-away`, server.base);
  });

  it("tries again what failed, and says why until then", async () => {
    const server = await start();
    await writeFile(path.join(server.base, "blocked"), "a file");
    expect((await server.hub("POST", "/api/v1/users", { name: "blocked" })).status).toBe(409);
    expect(await subject(server, "blocked")).toMatchObject({
      state: "problem",
      problem: expect.any(String),
      problem_code: "not_a_directory",
    });
    await rm(path.join(server.base, "blocked"));
    await server.server.database.pool.query("update storage_subjects set retry_at = now()");
    await server.storage.upkeep.reconcile.round({ list: false });
    expect(await subject(server, "blocked")).toMatchObject({ state: "ready", problem: null, problem_code: null });
  });
});

describe("a crash", () => {
  it("between a directory and its row's end leaves nothing half done", async () => {
    let crash = true;
    const server = await start({ driver: failing({ settle: () => (crash ? new Error("killed") : null) }) });
    expect((await server.hub("POST", "/api/v1/users", { name: "ada", quota: 4096 })).status).toBe(500);
    crash = false;
    await server.storage.upkeep.reconcile.round({ list: false });
    expect(await subject(server, "ada")).toMatchObject({ state: "ready", quota: 4096 });
  });

  it("between the trash and its row's end loses nothing: it comes back whole, also with a new one of its name asked for", async () => {
    let crash = true;
    const server = await start({ driver: failing({ discard: () => (crash ? new Error("killed") : null) }) });
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await writeFile(path.join(server.base, "ada", "thesis"), "years");
    expect((await server.hub("DELETE", "/api/v1/users/ada")).status).toBe(500);
    crash = false;
    // Its own end comes first, then the new one's beginning.
    expect((await server.hub("POST", "/api/v1/users", { name: "ada" })).status).toBe(204);
    expect(await readdir(path.join(server.base, "ada"))).toEqual([]);
    const { items } = (await server.ask("GET", "/trash")).body as { items: { id: number; state: string }[] };
    expect(items).toMatchObject([{ state: "kept" }]);
    expect((await server.ask("POST", `/trash/${items[0]?.id}/restore`)).status).toBe(409);
    await server.hub("DELETE", "/api/v1/users/ada");
    expect((await server.ask("POST", `/trash/${items[0]?.id}/restore`)).status).toBe(200);
    expect(await readdir(path.join(server.base, "ada"))).toEqual(["thesis"]);
  });
});

describe("what is on its way to the trash", () => {
  it("is not taken for a directory that others made", async () => {
    const server = await start();
    await server.hub("POST", "/api/v1/users", { name: "ada", quota: 4096 });
    await writeFile(path.join(server.base, "ada", "thesis"), "years");
    // As a server left it that was killed between the row and the rename.
    await server.server.database.pool.query(
      "update storage_subjects set deleted_at = now(), trashed = true, wanted = wanted + 1 where name = 'ada'",
    );
    await server.storage.upkeep.reconcile.round({ list: true });
    const { body } = await server.hub("GET", "/api/v1/storages");
    expect((body as unknown[][]).map(([name]) => name)).toEqual(["groups"]);
    expect((await server.ask("GET", "/trash")).body).toMatchObject({ items: [{ name: "ada", state: "kept" }] });
    expect(await readdir(server.base)).not.toContain("ada");
  });
});

describe("a restart", () => {
  it("makes nothing on an empty mount point, and goes on once the disk is there", async () => {
    const server = await start();
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await rename(server.base, `${server.base}-away`);
    await mkdir(server.base, { mode: 0o711 });
    const again = await start({ beside: server });
    expect((await again.hub("POST", "/api/v1/users", { name: "ada" })).status).toBe(503);
    expect((await again.hub("POST", "/api/v1/users", { name: "bob" })).status).toBe(503);
    expect(await readdir(server.base)).toEqual([]);
    expect((await again.ask("GET", "")).body).toMatchObject({ back_end: { ok: false } });
    await rm(server.base, { recursive: true });
    await rename(`${server.base}-away`, server.base);
    await again.storage.upkeep.reconcile.round({ list: true });
    expect((await again.hub("POST", "/api/v1/users", { name: "bob" })).status).toBe(204);
  });

  it("leaves out numbers that lie in the trash and that a restored database would give again", async () => {
    const server = await start();
    await mkdir(path.join(server.base, ".stoa-trash", "subject-500"));
    const again = await start({ beside: server });
    await again.hub("POST", "/api/v1/users", { name: "ada" });
    const { rows } = await server.server.database.pool.query("select id, project from storage_subjects");
    expect(rows[0].id).toBeGreaterThan(500);
    expect(rows[0].project).toBeGreaterThan(100_499);
  });
});

describe("what is deleted", () => {
  it("while it is being made again by a hook comes back whole", async () => {
    let release: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let hold = false;
    const server = await start({
      driver: (real) =>
        Object.assign(Object.create(real) as StorageDriver, {
          async settle(wanted: Parameters<StorageDriver["settle"]>[0]) {
            const outcomes = await real.settle(wanted);
            if (hold) {
              hold = false;
              reached();
              await new Promise<void>((resolve) => {
                release = resolve;
              });
            }
            return outcomes;
          },
        }),
    });
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await writeFile(path.join(server.base, "ada", "thesis"), "years");
    hold = true;
    const hook = server.hub("POST", "/api/v1/users", { name: "ada" });
    await isReached;
    const deletion = server.hub("DELETE", "/api/v1/users/ada");
    await expect
      .poll(
        async () =>
          (await server.server.database.pool.query("select deleted_at from storage_subjects")).rows[0].deleted_at,
      )
      .not.toBeNull();
    release();
    expect((await hook).status).toBe(204);
    expect((await deletion).status).toBe(204);
    const { items } = (await server.ask("GET", "/trash")).body as { items: { id: number }[] };
    expect((await server.ask("POST", `/trash/${items[0]?.id}/restore`)).status).toBe(200);
    expect(await readdir(path.join(server.base, "ada"))).toEqual(["thesis"]);
  });

  it("with a raise that ends later takes nothing from the one who has its name by then", async () => {
    const server = await start();
    const { pool } = server.server.database;
    await server.hub("POST", "/api/v1/users", { name: "ada", quota: 4096 });
    await pool.query("update storage_subjects set raise = 1000, raise_until = now() + interval '1 hour'");
    await server.hub("DELETE", "/api/v1/users/ada");
    await server.hub("POST", "/api/v1/users", { name: "ada" });
    await writeFile(path.join(server.base, "ada", "new"), "new");
    // As an older server would have left it.
    await pool.query(
      "update storage_subjects set raise = 1000, raise_until = now() - interval '1 second' where deleted_at is not null",
    );
    await server.storage.upkeep.reconcile.round({ list: true });
    await pool.query("update storage_subjects set wanted = wanted + 1 where deleted_at is not null");
    await server.storage.upkeep.reconcile.round({ list: false });
    expect(await readdir(path.join(server.base, "ada"))).toEqual(["new"]);
    expect(await subject(server, "ada")).toMatchObject({ state: "ready" });
  });
});

describe("two servers on one database", () => {
  it("know each other's counts without reading them again, in contract 1's list as well", async () => {
    const one = await start();
    const two = await start({ beside: one });
    await one.hub("POST", "/api/v1/users", { name: "ada" });
    const listed = async () => (await two.hub("GET", "/api/v1/storages")).body as [string, number, number][];
    await expect.poll(async () => (await listed()).map(([name]) => name)).toEqual(["ada", "groups"]);
    await writeFile(path.join(one.base, "ada", "data"), Buffer.alloc(300_000));
    await one.ask("POST", "/recount", {});
    await one.storage.upkeep.scan.round();
    const { rows } = await one.server.database.pool.query("select used from storage_subjects where name = 'ada'");
    expect(rows[0].used).toBeGreaterThan(300_000);
    await expect.poll(async () => (await listed())[0], { timeout: 2_500 }).toEqual(["ada", 0, rows[0].used]);
    expect(await usage(two, "ada")).toBe(rows[0].used);
  });

  it("see each other's writes within a second, and make one directory together", async () => {
    const one = await start();
    const two = await start({ beside: one });
    await one.hub("POST", "/api/v1/users", { name: "ada", quota: 4096 });
    const read = async () => (await two.hub("GET", "/api/v1/users/ada")).body as { quota: number };
    await expect.poll(async () => (await read()).quota, { timeout: 1_500 }).toBe(4096);
    await two.hub("POST", "/api/v1/users", { name: "ada", quota: 8192 });
    await expect
      .poll(async () => ((await one.hub("GET", "/api/v1/users/ada")).body as { quota: number }).quota, {
        timeout: 1_500,
      })
      .toBe(8192);
    // Where the machine is short of everything, one may be told to ask again (503), as hooks do.
    const ask = async (server: StorageServer) => {
      for (;;) {
        const answer = await server.hub("POST", "/api/v1/users", { name: "both" });
        if (answer.status !== 503) return answer.status;
      }
    };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2 ? one : two)));
    expect(answers.filter((status) => status !== 204)).toEqual([]);
    const { rows } = await one.server.database.pool.query(
      "select settled, wanted, deleted_at from storage_subjects where name = 'both'",
    );
    expect(rows).toEqual([{ settled: 1, wanted: 1, deleted_at: null }]);
    expect(await readdir(one.base)).toContain("both");
  });
});
