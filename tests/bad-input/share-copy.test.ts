import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loseWorkers } from "../../packages/server/src/testing/lose-workers.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { accessToken, send } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const PASSWORD = "correct horse battery";
const FILES = 3_000;

let database: TestDatabase;
let dataDir = "";
let stoa: StoaProcess;
beforeAll(async () => {
  dataDir = newDataDir();
  database = await createTestDatabase();
  await start();
}, 60_000);
afterAll(async () => {
  if (stoa) await discard(stoa);
  await database?.drop();
}, 30_000);

async function start(): Promise<void> {
  const env = { DATABASE_URL: database.url, STOA_REGISTRATION: "open", STOA_DIRECTORY: "everyone" };
  stoa = await startStoa({ dataDir, env });
}

interface Person {
  readonly id: number;
  call(method: string, path: string, body?: unknown): ReturnType<typeof send>;
}

async function person(username: string): Promise<Person> {
  const identity = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
  await send(`${stoa.url}/api/register`, "POST", identity);
  const token = await accessToken(stoa.url, username, PASSWORD);
  const call: Person["call"] = (method, path, body) =>
    send(stoa.url + path, method, body, { Authorization: `Bearer ${token}` });
  return { id: (await call("GET", "/api/stoa/v1/account")).json.id, call };
}

const folder = (owner: Person, ...parts: (string | number)[]) =>
  join(dataDir, "workspaces", String(owner.id), ...parts.map(String));
const entries = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** Many small files, put there as a session would. */
function fill(place: string): void {
  const { uid, gid } = statSync(place);
  for (let n = 0; n < FILES; n += 1) {
    const inner = join(place, `folder-${n % 30}`);
    mkdirSync(inner, { recursive: true });
    const file = join(inner, `file-${n}`);
    writeFileSync(file, `${n}`.repeat(4_000));
    for (const path of [inner, file]) chownSync(path, uid, gid);
  }
}

it("copies a share whole, and tells of it once, though the server is killed on the way", async () => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const made = await ann.call("POST", "/workspaces/", { name: "Thesis", description: "", workspace_details: {} });
  const original = made.json.data.workspace.id as number;
  fill(folder(ann, original));
  const body = { original_workspace_id: original, shared_user_ids: [bob.id] };
  const answer = await ann.call("POST", "/shared_workspaces/", body);
  const share = answer.json.data.shared_workspaces[0].shared_workspace_id.id as number;

  // Somewhere in the middle.
  await expect.poll(() => countStaged(bob), { timeout: 30_000, interval: 5 }).toBeGreaterThan(10);
  await stoa.killBoth();
  expect(entries(folder(bob, share))).toEqual([]);
  expect(await mailsToBob()).toEqual([]);
  await loseWorkers(database.pool);
  await start();

  const state = async () =>
    (await database.pool.query("select copy_state from workspace_shares where id = $1", [share])).rows[0].copy_state;
  await expect.poll(state, { timeout: 60_000 }).toBe("ready");
  for (let n = 0; n < FILES; n += 1) {
    const text = readFileSync(folder(bob, share, `folder-${n % 30}`, `file-${n}`), "utf8");
    if (text !== `${n}`.repeat(4_000)) throw new Error(`file ${n} is not whole`);
  }
  await expect.poll(() => entries(folder(bob, ".staging"))).toEqual([]);
  await expect.poll(mailsToBob).toHaveLength(1);
  // No second one follows.
  await sleep(500);
  expect(await mailsToBob()).toHaveLength(1);
  expect(entries(folder(bob)).filter((name) => name.startsWith(".unclaimed"))).toEqual([]);
}, 120_000);

async function mailsToBob(): Promise<unknown[]> {
  return (await database.pool.query("select subject from mails where recipient = 'bob@example.org'")).rows;
}

/** Folders of the copy that is under way. */
function countStaged(owner: Person): number {
  const staged = entries(folder(owner, ".staging"));
  return Math.max(0, ...staged.map((name) => entries(folder(owner, ".staging", name)).length));
}
