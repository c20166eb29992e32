import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { link, mkdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import type { StorageDriver } from "../drivers/contract.ts";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

/** Root in a container may not. */
function canMount(): boolean {
  const point = mkdtempSync(path.join(tmpdir(), "stoa-mount-"));
  const isDone = spawnSync("mount", ["-t", "tmpfs", "none", point]).status === 0;
  if (isDone) execFileSync("umount", [point]);
  rmdirSync(point);
  return isDone;
}

let server: StorageServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

/** What was asked of the disk, in order: names, or the whole base. */
let asked: string[] = [];

/** A server with these people, each of 1,000 bytes and a folder, who have been counted once. */
async function start(names: readonly string[], meanwhile: () => Promise<unknown> = async () => undefined) {
  const driver = (real: StorageDriver): StorageDriver =>
    Object.assign(Object.create(real, { usage: { value: null, writable: true } }) as StorageDriver, {
      async measure(...[places, signal]: Parameters<NonNullable<StorageDriver["measure"]>>) {
        asked.push(...places.map(({ name }) => name));
        return real.measure?.(places, signal);
      },
      async measureBase(signal: AbortSignal) {
        asked.push("*");
        await meanwhile();
        return real.measureBase?.(signal);
      },
    });
  server = await createStorageServer({ driver });
  const made = server;
  for (const name of names) {
    await made.hub("POST", "/api/v1/users", { name });
    await writeFile(at(name, "own"), Buffer.alloc(1000));
  }
  await recount(made);
  asked = [];
  return made;
}

const at = (...parts: string[]) => path.join(server?.base ?? "", ...parts);

/** Everybody, waited for; by name what each uses then. */
async function recount({ server: { database }, storage }: StorageServer): Promise<Record<string, number>> {
  await database.pool.query("update storage_subjects set scan_at = now() - interval '1 second'");
  await storage.upkeep.scan.round();
  const { rows } = await database.pool.query("select name, used from storage_subjects where deleted_at is null");
  return Object.fromEntries(rows.map(({ name, used }) => [name, Number(used)]));
}

const folder = async (name: string) => (await stat(at(name))).size;

it("counts everybody who is due in one walk, as asking for each would", async () => {
  const stoa = await start(["ada", "bob", "eve"]);
  await writeFile(at("bob", "more\nof it"), Buffer.alloc(500));
  await mkdir(at("a b\nstrange"));
  expect(await recount(stoa)).toEqual({
    ada: (await folder("ada")) + 1000,
    bob: (await folder("bob")) + 1500,
    eve: (await folder("eve")) + 1000,
  });
  expect(asked).toEqual(["*"]);
});

it("asks for those who are due where others are not", async () => {
  const stoa = await start(["ada", "bob", "eve"]);
  const { pool } = stoa.server.database;
  await pool.query("update storage_subjects set scan_at = now() + interval '1 hour' where name <> 'eve'");
  await pool.query("update storage_subjects set scan_at = now() - interval '1 second' where name = 'eve'");
  await stoa.storage.upkeep.scan.round();
  expect(asked).toEqual(["eve"]);
});

it("walks through no trash, and through no groups", async () => {
  const stoa = await start(["ada", "bob", "eve"]);
  await stoa.hub("DELETE", "/api/v1/users/eve");
  await recount(stoa);
  expect(asked).not.toContain("*");
  await stoa.server.database.pool.query("delete from storage_subjects where deleted_at is not null");
  await stoa.hub("POST", "/api/v1/groups", { name: "lab" });
  asked = [];
  await recount(stoa);
  expect(asked).not.toContain("*");
});

it("a file in two people's directories makes the figure of neither fall", async () => {
  const stoa = await start(["ada", "bob"]);
  for (const name of ["ada", "bob"]) await writeFile(at(name, "large"), Buffer.alloc(100_000));
  const before = await recount(stoa);
  for (const [from, to] of [
    ["ada", "bob"],
    ["bob", "ada"],
  ] as const) {
    await rm(at(to, "large"));
    await link(at(from, "large"), at(to, "large"));
    asked = [];
    expect(await recount(stoa)).toEqual(before);
    expect(asked).toHaveLength(2);
    await rm(at(to, "large"));
    await writeFile(at(to, "large"), Buffer.alloc(100_000));
  }
});

it("what is moved away, made or replaced by a link meanwhile gets nobody else's figure", async () => {
  let disturb = async () => {};
  const stoa = await start(["ada", "bob", "eve"], () => disturb());
  const before = await recount(stoa);
  disturb = async () => {
    await rename(at("ada"), `${at()}-elsewhere`);
    await writeFile(at("eve", "large"), Buffer.alloc(50_000));
    await rename(at("eve"), at("other"));
    await symlink(at("other"), at("eve"));
    await mkdir(at("made"));
  };
  asked = [];
  const after = await recount(stoa);
  expect(after.ada).toBe(before.ada);
  expect(after.bob).toBe(before.bob);
  // As it was always answered: what the link itself takes.
  expect(after.eve).toBe(Buffer.byteLength(at("other")));
  expect(asked).toEqual(["*", "ada", "eve"]);
  await rename(`${at()}-elsewhere`, at("ada"));
});

it.runIf(canMount())("who has a file system of their own is asked for, and told of as before", async () => {
  const stoa = await start(["ada", "bob"]);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", at("bob")]);
  try {
    await writeFile(at("bob", "on it"), Buffer.alloc(70_000));
    asked = [];
    expect((await recount(stoa)).bob).toBe((await folder("bob")) + 70_000);
    expect(asked).toEqual(["*", "bob"]);
  } finally {
    execFileSync("umount", [at("bob")]);
  }
});

it("where the kernel counts somebody, nobody's files are added up for them", async () => {
  const stoa = await start(["ada", "bob"]);
  Object.assign(stoa.storage.driver, { usage: async () => new Map() });
  await stoa.server.database.pool.query("update storage_subjects set used_kind = 'quota' where name = 'ada'");
  asked = [];
  await recount(stoa);
  expect(asked).toEqual(["bob"]);
});
