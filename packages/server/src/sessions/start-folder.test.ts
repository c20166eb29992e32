import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { terminal } from "./job-types/terminal.ts";
import { createGround, type Ground } from "./test-ground.ts";
import { startSessions, type TestSessions } from "./test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;
let workspace: number;
let directory: string;

beforeAll(async () => {
  process.env.SHELL = "/bin/sh";
  ground = await createGround();
  stoa = await startSessions(ground);
  workspace = await ground.workspace(1);
  directory = join(ground.dataDir, "workspaces", "1", String(workspace));
  mkdirSync(join(directory, "a b", "$(id)"), { recursive: true });
  writeFileSync(join(directory, "file"), "");
  symlinkSync("/tmp", join(directory, "out"));
});
afterAll(async () => {
  await stoa?.stop();
  await ground?.clear();
});

const start = (folder: string, more: object = {}, key?: string) =>
  stoa.call("POST", "/api/stoa/v1/sessions", {
    body: { workspace_id: workspace, job_type: "terminal", folder, ...more },
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
  });

describe("a terminal in a folder of its workspace", () => {
  it("starts there, whatever the folder is called", async () => {
    const { status, body } = await start("a b/$(id)");
    expect([status, body.folder]).toEqual([201, "a b/$(id)"]);
    expect(body.resource.options).not.toHaveProperty("start_folder");
    // What people call their folders is nobody's to read later.
    const { rows } = await ground.database.pool.query(
      "select details from audit_entries where action = 'session.start'",
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("$(id)");
    const tab = stoa.terminal(body.id);
    tab.type('echo "at=$(pwd)="\n');
    await tab.until(`at=${join(directory, "a b", "$(id)")}=`);
    // Who gets the workspace as a copy starts where they like.
    expect((await stoa.sessions.lastJob(workspace))?.options).not.toHaveProperty("start_folder");
    // The contract's clients are told nothing of it.
    expect(JSON.stringify(await stoa.job(body.id))).not.toContain("$(id)");
    await stoa.call("POST", `/api/stoa/v1/sessions/${body.id}/stop`, { body: {} });
  });

  it("at the root is one as any", async () => {
    const { body } = await start("");
    expect(body.folder).toBeNull();
    expect(body.resource.options).not.toHaveProperty("start_folder");
    await stoa.call("POST", `/api/stoa/v1/sessions/${body.id}/stop`, { body: {} });
  });

  it.each([
    ["missing", 404, /missing/],
    ["file", 409, /“file” is no folder/],
    ["out", 409, /no folder|link/],
    ["out/deeper", 409, /link/],
    ["a b/../..", 400, /\.\./],
    ["/../1", 400, /\.\./],
  ])("is refused at %s", async (folder, status, words) => {
    const answer = await start(folder);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringMatching(words)]);
  });

  it("is no other's: neither a type that starts in none, nor somebody else's workspace", async () => {
    expect((await start("a b", { job_type: "local_test_job" })).status).toBe(400);
    const body = { workspace_id: workspace, job_type: "terminal", folder: "a b" };
    expect((await stoa.call("POST", "/api/stoa/v1/sessions", { as: "ann", body })).status).toBe(404);
  });

  it("is another start than one elsewhere, for the same key", async () => {
    const first = await start("a b", {}, "one");
    expect([(await start("a b", {}, "one")).body.id, (await start("", {}, "one")).status]).toEqual([
      first.body.id,
      422,
    ]);
    await stoa.call("POST", `/api/stoa/v1/sessions/${first.body.id}/stop`, { body: {} });
  });
});

it("while folders are looked for nobody else waits, not even for a start of the same person", async () => {
  const asked: (() => void)[] = [];
  const slow = await startSessions(ground, {
    nodeId: "node-slow",
    folder: () => new Promise((_, reject) => asked.push(() => reject(new StoaError("not_found")))),
  });
  try {
    const at = await ground.workspace(1);
    const order = (more: object) =>
      slow.call("POST", "/api/stoa/v1/sessions", { body: { workspace_id: at, job_type: "terminal", ...more } });
    const waiting = Array.from({ length: 12 }, () => order({ folder: "far" }));
    await expect.poll(() => asked.length, { timeout: 5_000 }).toBe(12);
    const heldOpen = async () => {
      const { rows } = await ground.database.pool.query(
        "select query from pg_stat_activity where datname = current_database() and state = 'idle in transaction'",
      );
      return rows;
    };
    // Those of sessions that end meanwhile pass; one that waited for folders would not.
    await expect.poll(heldOpen, { timeout: 5_000 }).toEqual([]);
    expect((await order({})).status).toBe(201);
    for (const answer of asked) answer();
    const statuses = (await Promise.all(waiting)).map((answer) => answer.status);
    expect(statuses).toEqual(Array.from({ length: 12 }, () => 404));
  } finally {
    for (const answer of asked) answer();
    await slow.stop();
  }
}, 30_000);

it("a folder that went meanwhile is said to be gone, and the shell starts all the same", () => {
  const view = { env: { SHELL: "/bin/sh" }, sees: () => true };
  const context = { ...view, startFolder: "/nowhere/at all" } as unknown as Parameters<typeof terminal.command>[0];
  const [file, ...args] = terminal.command(context);
  const { stdout, stderr } = spawnSync(file, args, { cwd: directory, input: "pwd\n", encoding: "utf8" });
  expect([stdout, stderr]).toEqual([`${directory}\n`, expect.stringContaining("/nowhere/at all")]);
});
