import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createHousingServer, type HousingServer } from "../housing/testing-housing.ts";

let all: HousingServer;
let ann: TestPerson;
let workspace = 0;
let home = "";
beforeAll(async () => {
  all = await createHousingServer();
  ann = await all.server.person("ann");
  workspace = await all.makeWorkspace(ann);
  home = path.join(all.base, "ann");
});
afterAll(() => all.close());

const erase = (in_storage: string) =>
  all.server.call("POST", "/api/stoa/v1/storage/mine/erase", { as: ann, body: { items: [{ in_storage }] } });

it.each(["workspaces", "/workspaces", "workspaces/1/a", ".stoa", ".stoa/trash", ".zfs", "../bob", "a//b", "/"])(
  "%j is refused before anything is ordered",
  async (asked) => {
    expect(await erase(asked)).toMatchObject({ status: 400, body: { code: "invalid" } });
    expect(all.server.operations.queued).toEqual([]);
  },
);

it("what lies beside one's workspaces goes, and they stay", async () => {
  await mkdir(path.join(home, "conda/pkgs"), { recursive: true });
  await writeFile(path.join(home, "conda/pkgs/a"), "x");
  expect((await erase("/conda")).status).toBe(202);
  expect(await all.server.operations.runAll()).toMatchObject([{ erased: 1, left: 0, items: [{ path: "conda" }] }]);
  expect((await readdir(home)).sort()).toEqual([".stoa", "workspaces"]);
  expect(await readdir(path.join(home, "workspaces", String(workspace)))).toEqual(["a"]);
});

it("what lies in another directory that has come in its place stays", async () => {
  await writeFile(path.join(home, "thesis"), "x");
  expect((await erase("thesis")).status).toBe(202);
  const run = all.workspaces.rescue.eraseStored;
  Object.assign(all.workspaces.rescue, {
    async eraseStored(...asked: Parameters<typeof run>) {
      await rename(home, `${home}-before`);
      await mkdir(home);
      await writeFile(path.join(home, "thesis"), "somebody else's");
      return run(...asked);
    },
  });
  const [result] = await all.server.operations.runAll();
  Object.assign(all.workspaces.rescue, { eraseStored: run });
  expect(result).toMatchObject({ erased: 0, left: 1 });
  expect(await readdir(home)).toEqual(["thesis"]);
  expect(await readdir(`${home}-before`)).toContain("thesis");
});
