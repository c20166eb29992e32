import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDirectories } from "../files/directories.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { TIDY_KIND } from "../tidy.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const trash = (...parts: (string | number)[]) =>
  path.join(server.dataDir, "trash", String(server.ids.ann), ...parts.map(String));
const remove = async (id: number, name: string): Promise<number> =>
  (await server.call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=${name}`)).body.id;
const tidy = () =>
  server.operations.run({
    kind: TIDY_KIND,
    subject: { kind: "workspaces", id: "all" },
    actor: { accountId: null, label: "test" },
    input: {},
  });
const states = async () =>
  new Map(
    (await server.database.pool.query("select id, state from trash_entries")).rows.map((row) => [row.id, row.state]),
  );
const age = (interval: string, column: "deleted_at" | "changed_at") =>
  server.database.pool.query(`update trash_entries set ${column} = now() - interval '${interval}'`);

/** The trash of an account that can not be opened: a file stands in its place. */
async function breakTrashOfBob(): Promise<{ entry: number; mend(): Promise<void> }> {
  const id = await server.create({ x: "x" }, "bob");
  const answer = await server.call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=x`, undefined, { as: "bob" });
  const folder = path.join(server.dataDir, "trash", String(server.ids.bob));
  await rm(folder, { recursive: true });
  await writeFile(folder, "");
  return {
    entry: answer.body.id,
    async mend() {
      await rm(folder);
      await mkdir(path.join(folder, String(answer.body.id)), { recursive: true });
    },
  };
}

it("ends a folder whose files have names that are no UTF-8", async () => {
  const id = await server.create({ "folder/a": "a" });
  writeFileSync(Buffer.concat([Buffer.from(`${server.onDisk(id, "folder")}/`), Buffer.from([0xff, 0xfe])]), "x");
  const entry = await remove(id, "folder");
  await age("400 days", "deleted_at");
  expect(await tidy()).toMatchObject({ purged: 1 });
  expect(existsSync(trash(entry))).toBe(false);
});

it("lets one broken entry hold up neither the purge of others nor the start", async () => {
  const broken = await breakTrashOfBob();
  const id = await server.create({ a: "a", b: "b" });
  const fine = await remove(id, "a");
  await age("400 days", "deleted_at");
  expect(await tidy()).toMatchObject({ purged: 1 });
  expect(existsSync(trash(fine))).toBe(false);
  expect(await states()).toEqual(new Map([[broken.entry, "purging"]]));

  const moved = await remove(id, "b");
  await server.database.pool.query("update trash_entries set state = 'moving'");
  await age("1 hour", "changed_at");
  await server.workspaces.start();
  await server.workspaces.stop();
  expect(await states()).toEqual(
    new Map([
      [broken.entry, "moving"],
      [moved, "kept"],
    ]),
  );
  await server.database.pool.query("update trash_entries set state = 'purging'");
  await broken.mend();
  await age("1 hour", "changed_at");
  expect(await tidy()).toMatchObject({ moves: 2 });
  expect(await states()).toEqual(new Map());
});

it("starts though leftovers can't be removed", async () => {
  await server.create({ x: "x" });
  const staging = path.join(server.onDisk(0), "..", ".staging");
  const mark = createDirectories(server.dataDir, server.platform.config.nodeId).stagingMark;
  await mkdir(path.join(staging, `${mark}-tree`));
  await writeFile(path.join(staging, `${mark}-tree`, "stuck"), "");
  writeFileSync(Buffer.concat([Buffer.from(`${staging}/${mark}-`), Buffer.from([0xff])]), "");
  await writeFile(path.join(staging, `${mark}-z`), "");
  const isStuck = tryImmutable(path.join(staging, `${mark}-tree`, "stuck"), "+i");
  try {
    await server.workspaces.start();
    await server.workspaces.stop();
    expect(await readdir(staging)).toEqual(isStuck ? [`${mark}-tree`] : []);
  } finally {
    if (isStuck) tryImmutable(path.join(staging, `${mark}-tree`, "stuck"), "-i");
  }
});

/** Only root can, and not on every file system. */
function tryImmutable(file: string, flag: "+i" | "-i"): boolean {
  try {
    execFileSync("chattr", [flag, file], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
