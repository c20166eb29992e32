import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
    expect([status, body.resource.options.start_folder]).toEqual([201, "a b/$(id)"]);
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

it("a folder that went meanwhile is said to be gone, and the shell starts all the same", () => {
  const view = { env: { SHELL: "/bin/sh" }, sees: () => true };
  const context = { ...view, startFolder: "/nowhere/at all" } as unknown as Parameters<typeof terminal.command>[0];
  const [file, ...args] = terminal.command(context);
  const { stdout, stderr } = spawnSync(file, args, { cwd: directory, input: "pwd\n", encoding: "utf8" });
  expect([stdout, stderr]).toEqual([`${directory}\n`, expect.stringContaining("/nowhere/at all")]);
});
