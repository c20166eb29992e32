import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestPerson } from "../testing/accounts-server.ts";
import { createStorageServer, type StorageServer } from "./testing-storage.ts";

let stoa: StorageServer;
let ann: TestPerson;

beforeAll(async () => {
  stoa = await createStorageServer();
  ann = await stoa.server.person("ann");
  await stoa.ask("POST", "/subjects", { kind: "user", name: "ann", quota: 1000, account_id: ann.id });
  await stoa.ask("POST", "/subjects", { kind: "user", name: "other", quota: 1000 });
  await mkdir(path.join(stoa.base, "ann", "deep"));
  await writeFile(path.join(stoa.base, "ann", "deep", "a.txt"), "kept");
  await stoa.storage.upkeep.scan.round();
  await stoa.storage.upkeep.reconcile.round();
});
afterAll(() => stoa.close());

const rowsOf = async (name: string, accountId: number) => {
  const rows: object[] = [];
  for await (const row of stoa.storage.accountPart.rows[name]?.(accountId) ?? []) rows.push(row);
  return rows;
};

describe("what is kept of a person", () => {
  it("is their directory's size, and how it grew, and nothing of others", async () => {
    const { accountPart } = stoa.storage;
    expect(await accountPart.owned(ann.id)).toEqual({ bytes: expect.any(Number) });
    expect(await accountPart.owned(stoa.admin.id)).toEqual({});
    expect(await accountPart.glance?.([ann.id, stoa.admin.id])).toEqual(
      new Map([[ann.id, { storage_bytes: expect.any(Number), storage_quota: 1000 }]]),
    );
    expect(await rowsOf("storage", ann.id)).toEqual([expect.objectContaining({ name: "ann", quota: 1000 })]);
    expect(await rowsOf("storage", stoa.admin.id)).toEqual([]);
    expect(await rowsOf("storage-history", ann.id)).toEqual([expect.objectContaining({ name: "ann" })]);
  });

  it("goes to the trash with the account, once, and can be brought back", async () => {
    const { accountPart } = stoa.storage;
    expect(await accountPart.remove?.(ann.id)).toBe(true);
    expect(await accountPart.remove?.(ann.id)).toBe(true);
    expect(await accountPart.remove?.(stoa.admin.id)).toBe(true);
    expect(await readdir(stoa.base)).toEqual(expect.arrayContaining(["other"]));
    expect(await readdir(stoa.base)).not.toContain("ann");
    const { body } = await stoa.ask("GET", "/trash");
    const [entry] = (body as { items: { id: number; name: string; deleted_by: string }[] }).items;
    expect(entry).toMatchObject({ name: "ann", deleted_by: "system" });
    expect((await stoa.ask("POST", `/trash/${entry?.id}/restore`)).status).toBe(200);
    expect(await readdir(path.join(stoa.base, "ann", "deep"))).toEqual(["a.txt"]);
  });
});
