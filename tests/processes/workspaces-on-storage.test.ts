import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachTerminal } from "../chaos/terminal-client.ts";
import { type PortalClient, send, signIn } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { PASSWORD, type Person, register, shellAs, uidOf } from "./person.ts";

const isRoot = process.getuid?.() === 0;
const KEY = "a key of the tests, long enough";
const GROUP = 65_432;
const dataDir = isRoot ? newDataDir() : "";
let base: string;
let stoa: StoaProcess;
let admin: PortalClient;
let ann: Person;
let bob: Person;

const files = (workspace: number) => `/api/stoa/v1/workspaces/${workspace}/files`;
const start = (env: Readonly<Record<string, string>> = {}) =>
  startStoa({
    dataDir,
    env: {
      ...{ API_KEY: KEY, STORAGE_BASE_PATH: base, STORAGE_WORKSPACES: "inside" },
      ...{ STORAGE_OWNERSHIP: "account", STORAGE_GID: String(GROUP), STOA_LOCAL_ISOLATION: "auto" },
      ...env,
    },
  });

async function makeWorkspace({ client }: Person): Promise<number> {
  const body = { name: "thesis", description: "", workspace_details: { files: [{ name: "a.txt", content: "text" }] } };
  const made = await client.call("POST", "/workspaces/", body);
  expect(made.status, made.text).toBe(200);
  return made.json.data.workspace.id;
}

const hub = (method: string, path: string) =>
  send(`${stoa.url}/api/v1${path}`, method, undefined, { "X-API-Key": KEY });

/** Only root has a broker; CI runs as root. */
describe.runIf(isRoot)("workspaces in people's storage, with a broker", { timeout: 90_000 }, () => {
  let workspace: number;

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "stoa-homes-")));
    chmodSync(base, 0o711);
    stoa = await start();
    admin = await signIn(stoa.url, "admin", stoa.adminPassword);
    ann = await register(stoa, "anna");
    bob = await register(stoa, "bob.b");
    workspace = await makeWorkspace(ann);
    await makeWorkspace(bob);
    ann.uid = statSync(join(base, "anna")).uid;
    bob.uid = statSync(join(base, `u-${bob.id}`)).uid;
  }, 90_000);
  afterAll(async () => {
    await discard(stoa);
    rmSync(base, { recursive: true, force: true });
  }, 60_000);

  it("gives each a directory of their own that holds all that is theirs, by links of root's", async () => {
    const link = join(dataDir, "workspaces", String(ann.id));
    expect([readlinkSync(link), lstatSync(link).uid]).toEqual([join(base, "anna/workspaces"), 0]);
    const { uid, gid, mode } = statSync(join(base, "anna"));
    expect([uid, gid, mode & 0o777]).toEqual([ann.uid, GROUP, 0o770]);
    expect(new Set([0, uidOf(stoa.serverPid()), ann.uid, bob.uid]).size).toBe(4);
    const put = await ann.client.call("PUT", `${files(workspace)}/content?path=b.txt`, Buffer.from("more"), {
      "Content-Type": "application/octet-stream",
    });
    expect(put.status, put.text).toBe(200);
    expect((await ann.client.call("DELETE", `${files(workspace)}?path=a.txt`)).status).toBeLessThan(300);
    const names = readdirSync(join(base, "anna"), { recursive: true }) as string[];
    expect(names).toEqual(expect.arrayContaining([`workspaces/${workspace}/b.txt`]));
    expect(names.filter((name) => name.startsWith(".stoa/trash/") && name.endsWith("/a.txt"))).toHaveLength(1);
    for (const name of names) expect(statSync(join(base, "anna", name)).uid, name).toBe(ann.uid);
    const trash = (await ann.client.call("GET", "/api/stoa/v1/trash")).json.items as { id: number }[];
    const back = await ann.client.call("POST", `/api/stoa/v1/trash/${trash[0]?.id}/restore`);
    expect(back.status, back.text).toBeLessThan(300);
    expect(existsSync(join(base, "anna/workspaces", String(workspace), "a.txt"))).toBe(true);
  });

  it("starts sessions there, at the same path as ever, which get at nobody else's", async () => {
    const started = await shellAs(ann, workspace, dataDir);
    expect([started.host, started.child].map(uidOf)).toEqual([ann.uid, ann.uid]);
    const terminal = await attachTerminal(ann.client, started.job);
    terminal.type("echo at-$PWD. && echo mine > made.txt && cat a.txt && echo own-$((1+1)).\n");
    await terminal.see(new RegExp(`at-${join(dataDir, "workspaces", String(ann.id), String(workspace))}\\.`));
    await terminal.see(/own-2\./);
    const closed = [join(base, `u-${bob.id}`), join(dataDir, "workspaces", String(bob.id), ".")];
    for (const [index, path] of closed.entries()) {
      terminal.type(`ls '${path}/' > /dev/null 2>&1; echo tried-${index}-$?.\n`);
      await terminal.see(new RegExp(`tried-${index}-[1-9]\\d*\\.`));
    }
    terminal.type(`ls -A '${base}' 2> /dev/null | grep -c . | sed 's/^/seen-/;s/$/./'\n`);
    await terminal.see(/seen-0\./);
    const refused = await hub("DELETE", "/users/anna");
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("1 sessions run there")]);
    terminal.close();
    expect((await ann.client.call("PUT", `/jobs/${started.job}/stop/`)).status).toBe(200);
    expect(statSync(join(base, "anna/workspaces", String(workspace), "made.txt")).uid).toBe(ann.uid);
  });

  it("shares a group's folder with its people, by a link and by the group's number", async () => {
    const { id: group } = (await admin.call("POST", "/api/stoa/v1/groups", { name: "lab" })).json;
    const member = `/api/stoa/v1/groups/${group}/members/${ann.id}`;
    expect((await admin.call("PUT", member, { role: "member" })).status).toBeLessThan(300);
    const made = await admin.call("POST", "/api/stoa/v1/storage/subjects", {
      kind: "group",
      name: "lab",
      group_id: group,
    });
    expect(made.status, made.text).toBe(201);
    const linked = await ann.client.call("POST", `/api/stoa/v1/workspaces/${workspace}/group-links`, {
      group_id: group,
    });
    expect([linked.status, linked.text]).toEqual([201, expect.stringContaining('"path":"lab"')]);
    const folder = statSync(join(base, "groups/lab"));
    expect([folder.gid === GROUP, folder.mode & 0o777]).toEqual([false, 0o770]);
    const started = await shellAs(ann, workspace, dataDir);
    const terminal = await attachTerminal(ann.client, started.job);
    terminal.type("echo together > lab/note.txt && echo shared-$((1+1)).\n");
    await terminal.see(/shared-2\./);
    terminal.close();
    expect((await ann.client.call("PUT", `/jobs/${started.job}/stop/`)).status).toBe(200);
    expect(statSync(join(base, "groups/lab/note.txt")).uid).toBe(ann.uid);
    const read = () => ann.client.call("GET", `${files(workspace)}/content?path=lab/note.txt`);
    expect((await read()).text).toBe("together\n");
    expect((await admin.call("DELETE", member)).status).toBeLessThan(300);
    for (let tries = 0; (await read()).status === 200; tries += 1) {
      if (tries > 100) throw new Error("it is read still");
      await sleep(100);
    }
    expect(lstatSync(join(base, "anna/workspaces", String(workspace), "lab")).isSymbolicLink()).toBe(true);
  });

  it("takes somebody's from before over once they have been moved by hand", async () => {
    let eve = await register(stoa, "eve");
    const plain = join(dataDir, "workspaces", String(eve.id));
    await stoa.stop();
    stoa = await start({ STORAGE_WORKSPACES: "apart" });
    eve = { ...eve, client: await signIn(stoa.url, "eve", PASSWORD) };
    const old = await makeWorkspace(eve);
    expect(lstatSync(plain).isDirectory()).toBe(true);
    admin = await signIn(stoa.url, "admin", stoa.adminPassword);
    const body = { kind: "user", name: "eve", account_id: eve.id };
    expect((await admin.call("POST", "/api/stoa/v1/storage/subjects", body)).status).toBe(201);
    await stoa.stop();
    const { uid } = statSync(plain);
    const moving = `set -e; install -d -o ${uid} -g ${uid} -m 0700 ${base}/eve/.stoa; cd ${dataDir}
      cp -a --reflink=auto workspaces/${eve.id}/. ${base}/eve/workspaces && cp -a --reflink=auto trash/${eve.id}/. ${base}/eve/.stoa/trash
      mv workspaces/${eve.id} workspaces/.apart-${eve.id} && mv trash/${eve.id} trash/.apart-${eve.id}
      ln -s ${base}/eve/.stoa/trash trash/${eve.id} && ln -s ${base}/eve/workspaces workspaces/${eve.id}`;
    execFileSync("/bin/sh", ["-c", moving]);
    stoa = await start();
    eve = { ...eve, client: await signIn(stoa.url, "eve", PASSWORD) };
    expect((await eve.client.call("GET", `${files(old)}/content?path=a.txt`)).text).toBe("text");
    await makeWorkspace(eve);
    const below = join(base, "eve/workspaces");
    expect([statSync(below).uid, statSync(below).mode & 0o777]).toEqual([uid, 0o711]);
    expect(readdirSync(below).filter((name) => /^\d+$/.test(name))).toHaveLength(2);
    ann = { ...ann, client: await signIn(stoa.url, "anna", PASSWORD) };
  });

  it("finds all again after a start, and refuses to let it be deleted while its person is there", async () => {
    await stoa.stop();
    stoa = await start();
    ann = { ...ann, client: await signIn(stoa.url, "anna", PASSWORD) };
    const list = await ann.client.call("GET", `${files(workspace)}?path=`);
    expect(list.status, list.text).toBe(200);
    expect(list.text).toContain("made.txt");
    const refused = await hub("DELETE", "/users/anna");
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("workspaces of anna lie in anna")]);
    expect(existsSync(join(base, "anna"))).toBe(true);
    admin = await signIn(stoa.url, "admin", stoa.adminPassword);
    const known = await admin.call("GET", "/api/stoa/v1/storage/subjects");
    expect(known.text).toContain(`"name":"u-${bob.id}"`);
  });
});
