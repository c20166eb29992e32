import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { findEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { loseWorkers } from "../packages/server/src/testing/lose-workers.ts";
import { databaseOf } from "./support/database-of.ts";
import { type PortalClient, send, signIn } from "./support/portal-client.ts";
import { ADMIN_PASSWORD, discard, newDataDir, type StoaProcess, startStoa } from "./support/stoa-process.ts";

const PASSWORD = "correct horse battery";
const KILLS = 2;
const dataDir = newDataDir();
let stoa: StoaProcess;
afterAll(() => discard(stoa), 30_000);

const start = async () => {
  stoa = await startStoa({ dataDir, env: { STOA_DELETION_GRACE_DAYS: "0" } });
};
const admin = () => signIn(stoa.url, "admin", ADMIN_PASSWORD);

async function workspaceOf(client: PortalClient, name: string): Promise<number> {
  const details = { files: [{ name: "a.txt", content: name }] };
  const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: details });
  return made.json.data.workspace.id as number;
}

async function keptOf(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: (await findEmbeddedPostgres(dataDir))?.url ?? "" });
  await client.connect();
  try {
    const { rows } = await client.query("select password_hash from accounts where username = $1", [name]);
    return String(rows[0]?.password_hash);
  } finally {
    await client.end();
  }
}

it("an account's deletion survives kill -9 at any moment: sessions end, workspaces go to the trash, once", async () => {
  await start();
  const identity = { username: "leaver", email: "leaver@example.org", full_name: "L", password: PASSWORD };
  const registered = await send(`${stoa.url}/api/register`, "POST", identity);
  expect(registered.status, registered.text).toBe(201);
  expect(await keptOf("leaver"), "a server that was started has no cheaper password").toContain("$m=19456,t=2,p=1$");
  const leaver = await signIn(stoa.url, "leaver", PASSWORD);
  const ids = [await workspaceOf(leaver, "one"), await workspaceOf(leaver, "two"), await workspaceOf(leaver, "three")];
  const started = await leaver.call("PUT", `/workspaces/${ids[0]}/start/`, { job_type: "terminal" });
  expect(started.status, started.text).toBe(200);
  const me = (await leaver.call("GET", "/api/stoa/v1/account")).json as { id: number };
  const plan = (await leaver.call("GET", "/api/stoa/v1/account/deletion")).json;
  expect(plan.owned).toMatchObject({ workspaces: { workspaces: 3 }, sessions: { running: 1 } });

  const asked = await leaver.call("POST", "/api/stoa/v1/account/deletion", { current_password: PASSWORD });
  expect(asked.status, asked.text).toBe(202);
  for (let n = 0; n < KILLS; n++) {
    await sleep(30 + Math.random() * 600);
    await stoa.killBoth();
    const database = await databaseOf(dataDir);
    await loseWorkers(database);
    await database.end();
    await start();
  }
  const boss = await admin();
  const person = async () => (await boss.call("GET", `/api/stoa/v1/people/${me.id}`)).json as { status: string };
  for (const until = Date.now() + 60_000; (await person()).status !== "deleted"; await sleep(200)) {
    if (Date.now() > until) throw new Error(`not deleted: ${JSON.stringify(await person())}\n${stoa.output()}`);
  }

  const left = (await boss.call("GET", `/api/stoa/v1/people/${me.id}/deletion`)).json;
  expect(left.owned).toMatchObject({
    workspaces: { workspaces: 0, in_trash: 3 },
    sessions: { running: 0, history: 1 },
  });
  const entries = await boss.call("GET", `/api/stoa/v1/audit?subject_kind=account&subject_id=${me.id}&limit=200`);
  const actions = (entries.json.items as { action: string }[]).map(({ action }) => action);
  for (const action of ["account.delete-request", "account.deactivate", "account.delete"]) {
    expect(
      actions.filter((one) => one === action),
      action,
    ).toHaveLength(1);
  }
  const again = await send(`${stoa.url}/api/register`, "POST", { ...identity, email: "other@example.org" });
  expect(again.status, "nobody takes the name over").toBe(400);
}, 180_000);
