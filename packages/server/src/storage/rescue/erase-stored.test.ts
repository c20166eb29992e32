import { randomUUID } from "node:crypto";
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { NewOperation } from "../../platform/operations/contract.ts";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";
import { ERASE_STORED_KIND } from "./being-erased.ts";
import { noFiles, type RescueFiles } from "./rescue-files.ts";

const SICK: Readonly<Record<string, unknown>> = {
  away: new StoaError("unavailable", { details: { what: "x" } }),
  sick: Object.assign(new Error("i/o error"), { code: "EIO" }),
};
const files: RescueFiles = {
  ...noFiles,
  async eraseStored(_id, { directory, path: name }, signal) {
    signal.throwIfAborted();
    if (SICK[name] !== undefined) throw SICK[name];
    await rm(path.join(directory, name), { force: true });
  },
};

let stoa: StorageServer;
let ann: TestPerson;
let bob: TestPerson;
let last = 0;
let name = "";
let id = 0;
beforeAll(async () => {
  stoa = await createStorageServer({ files });
});
afterAll(() => stoa.close());
beforeEach(async () => {
  last += 1;
  name = `home-${last}`;
  [ann, bob] = [await stoa.server.person(`ann-${last}`), await stoa.server.person(`bob-${last}`)];
  const made = await stoa.ask("POST", "/subjects", { kind: "user", name, quota: 1000, account_id: ann.id });
  id = (made.body as { id: number }).id;
});

const there = async () => (await readdir(path.join(stoa.base, name))).sort();
const put = (file: string) => writeFile(path.join(stoa.base, name, file), "x");

async function order(...paths: string[]): Promise<NewOperation> {
  const items = paths.map((in_storage) => ({ in_storage }));
  const { status } = await stoa.server.call("POST", "/api/stoa/v1/storage/mine/erase", { as: ann, body: { items } });
  expect(status).toBe(202);
  const [operation] = stoa.server.operations.queued.splice(0);
  if (operation === undefined) throw new Error("nothing was asked for");
  return operation;
}

describe("an order to delete in one's storage", () => {
  it("deletes nothing of whoever has a storage of that name by then", async () => {
    const ordered = await order("thesis");
    expect((await stoa.ask("DELETE", `/subjects/${id}`)).status).toBeLessThan(300);
    const again = { kind: "user", name, quota: 1000, account_id: bob.id, anew: true };
    expect((await stoa.ask("POST", "/subjects", again)).status).toBeLessThan(300);
    await put("thesis");
    const problem = expect.stringContaining("deleted, or is not yours");
    expect(await stoa.server.operations.run(ordered)).toMatchObject({ erased: 0, left: 1, items: [{ problem }] });
    expect(await there()).toEqual(["thesis"]);
  });

  it("deletes nothing of whoever it was given to", async () => {
    await put("thesis");
    const ordered = await order("thesis");
    expect((await stoa.ask("PUT", `/subjects/${id}/link`, { account_id: bob.id })).status).toBe(200);
    expect(await stoa.server.operations.run(ordered)).toMatchObject({ erased: 0, left: 1 });
    expect(await there()).toEqual(["thesis"]);
  });

  it("looks once more whose it is when it holds the directory", async () => {
    await put("thesis");
    const beforeStep = () => stoa.ask("PUT", `/subjects/${id}/link`, { account_id: bob.id });
    const result = await stoa.server.operations.run(await order("thesis"), { beforeStep });
    expect(result).toMatchObject({ erased: 0, left: 1 });
    expect(await there()).toEqual(["thesis"]);
  });

  it("keeps the storage whose it is while it is carried out", async () => {
    const { rows } = await stoa.server.database.pool.query(
      `insert into operations (id, kind, subject_kind, subject_id, actor_label, audience, input, state, max_attempts,
         cancellable, exclusive, queue) values ($1, $2, 'storage', $3, 'x', '{}', '{}', 'running', 1, false, false, 'q')
       returning id`,
      [randomUUID(), ERASE_STORED_KIND, String(id)],
    );
    const refused = { status: 409, body: { details: { reason: "erasing" } } };
    expect(await stoa.ask("DELETE", `/subjects/${id}`)).toMatchObject(refused);
    expect(await stoa.ask("PUT", `/subjects/${id}/link`, { account_id: bob.id })).toMatchObject(refused);
    expect((await stoa.hub("DELETE", `/api/v1/users/${name}`)).status).toBe(409);
    expect((await stoa.ask("PUT", `/subjects/${id}/quota`, { quota: 2000 })).status).toBe(200);
    await stoa.server.database.pool.query("update operations set state = 'succeeded' where id = $1", [rows[0].id]);
    expect((await stoa.ask("DELETE", `/subjects/${id}`)).status).toBeLessThan(300);
  });

  it("that was interrupted goes on with the rest, and never deletes what was made since where it was done", async () => {
    await put("a");
    const ordered = await order("a", "b");
    await expect(stoa.server.operations.run(ordered, { killed: 3 })).rejects.toThrow("killed");
    await put("a");
    await put("b");
    expect(await stoa.server.operations.run(ordered)).toMatchObject({ erased: 2, left: 0 });
    expect(await there()).toEqual(["a"]);
  });

  it("that was interrupted long ago deletes nothing any more, and tells so", async () => {
    const ordered = await order("a", "b");
    await expect(stoa.server.operations.run(ordered, { killed: 3 })).rejects.toThrow("killed");
    await put("a");
    await put("b");
    const createdAt = new Date(Date.now() - 6 * 60_000);
    const problem = expect.stringContaining("Ask again");
    expect(await stoa.server.operations.run(ordered, { createdAt })).toMatchObject({
      erased: 1,
      left: 1,
      items: [
        { path: "a", done: true },
        { path: "b", done: false, problem },
      ],
    });
    expect(await there()).toEqual(["a", "b"]);
  });

  it("that had to wait for its turn is carried out", async () => {
    await put("a");
    const createdAt = new Date(Date.now() - 24 * 3_600_000);
    expect(await stoa.server.operations.run(await order("a"), { createdAt })).toMatchObject({ erased: 1 });
    expect(await there()).toEqual([]);
  });

  it("goes on where something can't be deleted, whatever the reason", async () => {
    await put("b");
    expect(await stoa.server.operations.run(await order("away", "sick", "b"))).toMatchObject({
      erased: 1,
      left: 2,
      items: [{ done: false }, { done: false, problem: expect.stringContaining("on our side") }, { done: true }],
    });
    expect(await there()).toEqual([]);
  });

  it("has one time for all of it", async () => {
    await put("b");
    const ordered = await order("a", "b");
    const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => AbortSignal.abort());
    const result = await stoa.server.operations.run(ordered);
    const times = timeout.mock.calls.length;
    timeout.mockRestore();
    expect(times).toBe(1);
    const problem = expect.stringContaining("too long");
    expect(result).toMatchObject({ erased: 0, items: [{ problem }, { problem }] });
    expect(await there()).toEqual(["b"]);
  });
});
