import { mkdir, readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkspaceTables } from "../tables.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { SWEEP_KIND } from "./settle-uploads.ts";
import { takeWriter } from "./writer-lease.ts";

/** What a server that was killed at the worst moment leaves, made by hand, and what the next start makes of it. */
let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const base = (id: number) => `/api/stoa/v1/workspaces/${id}/uploads`;
const stagingOf = () => path.join(server.onDisk(0), "..", ".staging");
const tus = { "tus-resumable": "1.0.0" };
const restart = () => server.workspaces.start().then(() => server.workspaces.stop());
const sweep = () =>
  server.operations.run({
    kind: SWEEP_KIND,
    subject: { kind: "workspaces", id: "all" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
const audited = (id: number) =>
  server.platform.recorded.audit.filter(
    ({ action, subject }) => action === "workspace.upload" && subject?.id === String(id),
  );

async function begin(id: number, length: number, name = "x"): Promise<string> {
  const headers = {
    ...tus,
    "upload-length": String(length),
    "upload-metadata": `path ${Buffer.from(name).toString("base64")}`,
  };
  return (await server.call("POST", base(id), undefined, { headers })).body.id;
}
const patch = (id: number, upload: string, offset: number, raw: string) =>
  server.call("PATCH", `${base(id)}/${upload}`, undefined, {
    raw,
    headers: { ...tus, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
  });
const head = (id: number, upload: string) => server.call("HEAD", `${base(id)}/${upload}`, undefined, { headers: tus });
const set = (upload: string, change: string) =>
  server.database.pool.query(`update uploads set ${change} where id = $1`, [upload]);
const stateOf = async (upload: string) =>
  (await server.database.pool.query("select state from uploads where id = $1", [upload])).rows[0]?.state ?? null;

it("goes on from what the disk has, whatever the row says", async () => {
  const id = await server.create();
  const upload = await begin(id, 10);
  await writeFile(path.join(stagingOf(), `upload-${upload}`), "12345");
  await set(upload, "writer = gen_random_uuid(), writer_until = now() + interval '1 minute'");
  expect(await patch(id, upload, 5, "67890")).toMatchObject({ status: 423, body: { code: "locked" } });
  await restart();
  expect((await head(id, upload)).headers["upload-offset"]).toBe("5");
  expect((await patch(id, upload, 5, "67890")).status).toBe(204);
  expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("1234567890");
});

it("gives a file its name whose last bytes had come", async () => {
  const id = await server.create();
  const upload = await begin(id, 4);
  await writeFile(path.join(stagingOf(), `upload-${upload}`), "1234");
  expect((await head(id, upload)).headers).toMatchObject({ "upload-offset": "4", "upload-length": "4" });
  expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("1234");
  expect(audited(id)).toHaveLength(1);
});

it("tells of a file that had its name, but no audit entry yet", async () => {
  const id = await server.create();
  const upload = await begin(id, 4);
  await writeFile(path.join(stagingOf(), `upload-${upload}`), "1234");
  await set(upload, "state = 'placing'");
  await rename(path.join(stagingOf(), `upload-${upload}`), server.onDisk(id, "x"));
  await restart();
  expect(await stateOf(upload)).toBe("done");
  expect(audited(id)).toHaveLength(1);
});

it("ends a merge that was half done", async () => {
  const id = await server.create({ "into/a": "moved already" });
  const upload = await begin(id, 1, "y");
  const staged = path.join(stagingOf(), `upload-${upload}`);
  await rename(staged, `${staged}.gone`);
  await mkdir(path.join(staged, "sub"), { recursive: true });
  await writeFile(path.join(staged, "sub", "b"), "b");
  await set(
    upload,
    `kind = 'tree', path = 'into', length = null, state = 'placing', on_conflict = 'refuse', metadata = '{"files": 2, "bytes": 5}'`,
  );
  await restart();
  expect((await readdir(server.onDisk(id, "into"), { recursive: true })).sort()).toEqual(["a", "sub", "sub/b"]);
  expect(await stateOf(upload)).toBeNull();
  expect(audited(id)).toHaveLength(1);
  expect(audited(id)[0]).toMatchObject({ details: { files: 2, bytes: 5 } });
});

/** As an answer of 507 left them a minute ago, with one file that its owner has edited since. */
const aMinuteAgo = (name: string) => {
  const then = new Date(Date.now() - 120_000);
  return utimes(name, then, then);
};

it("ends a merge later without replacing what was edited since", async () => {
  const id = await server.create({ "into/edited": "since", "into/sub/old": "old" });
  const upload = await begin(id, 1, "z");
  const staged = path.join(stagingOf(), `upload-${upload}`);
  await rename(staged, `${staged}.gone`);
  await mkdir(path.join(staged, "sub"), { recursive: true });
  for (const name of ["edited", "new", "sub/old"]) await writeFile(path.join(staged, name), "of the batch");
  await aMinuteAgo(server.onDisk(id, "into/sub/old"));
  await set(
    upload,
    `kind = 'tree', path = 'into', length = null, state = 'placing', on_conflict = 'replace',
     metadata = '{"files": 3, "bytes": 5}', changed_at = now() - interval '1 minute'`,
  );
  await restart();
  const read = (name: string) => readFile(server.onDisk(id, `into/${name}`), "utf8");
  expect(await read("edited")).toBe("since");
  expect([await read("new"), await read("sub/old")]).toEqual(["of the batch", "of the batch"]);
  expect(await stateOf(upload)).toBeNull();
  expect(await readdir(stagingOf())).not.toContain(`upload-${upload}`);
});

it("replaces no file later that was edited since, and says so", async () => {
  const id = await server.create({ edited: "since", old: "old" });
  await aMinuteAgo(server.onDisk(id, "old"));
  for (const name of ["edited", "old"]) {
    const upload = await begin(id, 4, name);
    await writeFile(path.join(stagingOf(), `upload-${upload}`), "1234");
    await set(upload, "state = 'placing', changed_at = now() - interval '1 minute'");
    const answer = await head(id, upload);
    expect(answer.status, name).toBe(name === "old" ? 200 : 409);
    expect(await stateOf(upload)).toBe(name === "old" ? "done" : "failed");
  }
  expect(await readFile(server.onDisk(id, "edited"), "utf8")).toBe("since");
  expect(await readFile(server.onDisk(id, "old"), "utf8")).toBe("1234");
});

it("remembers when its placing began, however often it is tried", async () => {
  const id = await server.create();
  const upload = await begin(id, 4);
  for (const [state, changes] of [
    ["receiving", true],
    ["placing", false],
  ] as const) {
    await set(upload, `state = '${state}', changed_at = '2020-01-01'`);
    await (await takeWriter(server.database.db.withTables<WorkspaceTables>(), upload)).release(null, 60);
    const { rows } = await server.database.pool.query("select changed_at from uploads where id = $1", [upload]);
    expect(rows[0].changed_at.getFullYear() > 2020, state).toBe(changes);
  }
});

it("removes a tree whose request died with the server", async () => {
  const id = await server.create();
  const upload = await begin(id, 1);
  await set(upload, "kind = 'tree', length = null");
  await restart();
  expect(await stateOf(upload)).toBeNull();
  expect(await readdir(stagingOf())).not.toContain(`upload-${upload}`);
});

it("sweeps what has expired, and leaves what somebody writes to", async () => {
  const id = await server.create();
  const [old, live, fresh] = [await begin(id, 5, "a"), await begin(id, 5, "b"), await begin(id, 5, "c")];
  await set(old, "expires_at = now() - interval '1 second'");
  await set(
    live,
    "expires_at = now() - interval '1 second', writer = gen_random_uuid(), writer_until = now() + interval '1 minute'",
  );
  expect(await sweep()).toEqual({ removed: 1 });
  expect([await stateOf(old), await stateOf(live), await stateOf(fresh)]).toEqual([null, "receiving", "receiving"]);
  const left = await readdir(stagingOf());
  expect(left).not.toContain(`upload-${old}`);
  expect(left).toEqual(expect.arrayContaining([`upload-${live}`, `upload-${fresh}`]));
  expect((await head(id, old)).status).toBe(404);
});

it("says that it is gone when its bytes are", async () => {
  const id = await server.create();
  const upload = await begin(id, 5);
  await rename(path.join(stagingOf(), `upload-${upload}`), path.join(stagingOf(), "elsewhere"));
  expect((await head(id, upload)).status).toBe(410);
});

it("refuses the rest when the workspace was deleted meanwhile", async () => {
  const id = await server.create();
  const upload = await begin(id, 5);
  await patch(id, upload, 0, "12");
  await server.call("DELETE", `/workspaces/${id}/`);
  expect((await patch(id, upload, 2, "345")).status).toBe(404);
});
