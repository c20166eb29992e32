import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTar } from "../../packages/server/src/workspaces/transfers/testing-archives.ts";
import { createOldService, OLD_PERSON, OLD_TOKEN } from "../chaos/old-service.ts";
import { attachTerminal } from "../chaos/terminal-client.ts";
import { type PortalClient, send } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { agentsBelow, type Person, processFile, register, shellAs, uidOf } from "./person.ts";

const isRoot = process.getuid?.() === 0;
const dataDir = isRoot ? newDataDir() : "";
let stoa: StoaProcess;
let ann: Person;
let bob: Person;

const inside = (person: Person, ...parts: (string | number)[]) =>
  join(dataDir, "workspaces", String(person.id), ...parts.map(String));

/** Owner and mode of everything there, by its path; the folder itself is "". */
function ownersBelow(folder: string): Map<string, number> {
  const names = ["", ...(readdirSync(folder, { recursive: true }) as string[])];
  return new Map(names.map((name) => [name, statSync(join(folder, name)).uid]));
}

async function settled(client: PortalClient, operation: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { state, error } = (await client.call("GET", `/api/stoa/v1/operations/${operation}`)).json;
    if (state === "succeeded") return;
    if (state === "failed" || tries > 200) throw new Error(`${operation} is ${state}: ${JSON.stringify(error)}`);
    await sleep(50);
  }
}

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + 20_000; !(await check()); await sleep(50)) {
    if (Date.now() > limit) throw new Error(`it did not happen:\n${stoa.output().slice(-2000)}`);
  }
}

async function makeWorkspace({ client }: Person, name: string): Promise<number> {
  const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: {} });
  expect(made.status, made.text).toBe(200);
  return made.json.data.workspace.id;
}

const files = (workspace: number) => `/api/stoa/v1/workspaces/${workspace}/files`;
const put = ({ client }: Person, workspace: number, path: string, content: string | Buffer) =>
  client.call("PUT", `${files(workspace)}/content?path=${path}`, Buffer.from(content), {
    "Content-Type": "application/octet-stream",
  });

/** Started as whoever starts a server as root does: with no setting about it. Only root has a broker; CI runs as root. */
describe.runIf(isRoot)("a server that root has started, with nothing set", { timeout: 90_000 }, () => {
  let workspace: number;

  beforeAll(async () => {
    stoa = await startStoa({ dataDir, env: { STOA_LOCAL_ISOLATION: "auto" } });
    ann = await register(stoa, "anna");
    bob = await register(stoa, "bob");
    for (const person of [ann, bob]) {
      expect((await put(person, await makeWorkspace(person, "first"), "own.txt", "own")).status).toBe(200);
      person.uid = statSync(inside(person)).uid;
    }
    workspace = await makeWorkspace(ann, "thesis");
  }, 90_000);
  afterAll(() => discard(stoa), 60_000);

  it("gives each person an account and a file agent of their own, and the server none of their rights", async () => {
    expect(new Set([0, uidOf(stoa.serverPid()), ann.uid, bob.uid]).size).toBe(4);
    expect(new Set(agentsBelow(stoa.pid).map(({ uid }) => uid))).toEqual(new Set([ann.uid, bob.uid]));
    for (const { pid } of agentsBelow(stoa.pid)) expect(processFile(pid, "status")).toMatch(/^CapEff:\t0+$/m);
    const server = ["--reuid", "stoa-server", "--regid", "stoa-server", "--clear-groups", "--"];
    const [own] = readdirSync(inside(ann)).filter((name) => /^\d+$/.test(name));
    const look = () => execFileSync("setpriv", [...server, "ls", inside(ann, own ?? "")], { stdio: "pipe" });
    expect(look).toThrow(/Permission denied/);
  });

  it("answers about somebody's files by their agent, and by nobody else", async () => {
    const agent = agentsBelow(stoa.pid).find(({ uid }) => uid === ann.uid);
    if (agent === undefined) throw new Error("ann has no agent");
    process.kill(agent.pid, "SIGSTOP");
    try {
      let answered = false;
      const list = ann.client.call("GET", files(workspace)).finally(() => {
        answered = true;
      });
      expect((await bob.client.call("GET", "/workspaces/")).status).toBe(200);
      expect((await put(bob, await makeWorkspace(bob, "meanwhile"), "x.txt", "x")).status).toBe(200);
      await sleep(300);
      expect(answered).toBe(false);
      process.kill(agent.pid, "SIGCONT");
      expect((await list).status).toBe(200);
    } finally {
      process.kill(agent.pid, "SIGCONT");
    }
  });

  it("uploads, unpacks, packs, throws away and brings back as the person", async () => {
    expect((await put(ann, workspace, "data/table.csv", "1,2\n")).status).toBe(200);
    const tar = await makeTar([
      { name: "set/a.txt", content: "a" },
      { name: "set/deep/b.txt", content: "b" },
    ]);
    const batch = `${files(workspace)}/batch?path=in`;
    const came = await ann.client.call("PUT", batch, tar, { "Content-Type": "application/x-tar" });
    expect(came.json, came.text).toMatchObject({ files: 2, bytes: 2 });
    const packed = await fetch(`${stoa.url}${files(workspace)}/zip?path=in&path=data`, {
      headers: { Cookie: ann.client.cookie, "Sec-Fetch-Site": "same-origin" },
    });
    const zip = Buffer.from(await packed.arrayBuffer());
    expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");
    expect((await put(ann, workspace, "all.zip", zip)).status).toBe(200);
    const queued = await ann.client.call("POST", `${files(workspace)}/unpack`, { path: "all.zip", to: "out" });
    await settled(ann.client, queued.json.operation_id);

    const path = "in/set/deep/b.txt";
    expect((await ann.client.call("DELETE", `${files(workspace)}?path=${path}`)).status).toBeLessThan(300);
    const trash = (await ann.client.call("GET", "/api/stoa/v1/trash")).json.items as { id: number; path: string }[];
    const entry = trash.find((item) => item.path === path);
    expect(entry).toBeDefined();
    for (const [name, uid] of ownersBelow(join(dataDir, "trash", String(ann.id)))) expect(uid, name).toBe(ann.uid);
    const back = await ann.client.call("POST", `/api/stoa/v1/trash/${entry?.id}/restore`);
    expect(back.status, back.text).toBeLessThan(300);

    const owners = ownersBelow(inside(ann, workspace));
    const expected = ["data/table.csv", "all.zip", path, "out/in/set/a.txt", "out/in/set/deep/b.txt"];
    expect([...owners.keys()]).toEqual(expect.arrayContaining(expected));
    expect(new Set(owners.values())).toEqual(new Set([ann.uid]));
    expect(agentsBelow(stoa.pid).filter(({ uid }) => uid !== ann.uid && uid !== bob.uid)).toEqual([]);
  });

  it("gives a shared workspace to the other person as files of theirs", async () => {
    const offer = { original_workspace_id: workspace, shared_user_ids: [bob.id] };
    const made = await ann.client.call("POST", "/shared_workspaces/", offer);
    expect(made.status, made.text).toBe(200);
    const id = made.json.data.shared_workspaces[0].shared_workspace_id.id as number;
    expect((await bob.client.call("PUT", `/shared_workspaces/${id}/accept/`)).status).toBe(200);
    await until(() => existsSync(inside(bob, id, "data/table.csv")));
    await until(
      async () => (await bob.client.call("GET", `${files(id)}/content?path=data/table.csv`)).text === "1,2\n",
    );
    expect(new Set(ownersBelow(inside(bob, id)).values())).toEqual(new Set([bob.uid]));
    expect(new Set(ownersBelow(inside(ann, workspace)).values())).toEqual(new Set([ann.uid]));
  });

  it("opens a terminal as the person, who gets at nothing of anybody else's", async () => {
    const theirs = await makeWorkspace(bob, "secret");
    expect((await put(bob, theirs, "secret.txt", "the secret of bob")).status).toBe(200);
    const bobs = await shellAs(bob, theirs, dataDir);
    const anns = await shellAs(ann, workspace, dataDir);
    expect([anns.host, anns.child].map(uidOf)).toEqual([ann.uid, ann.uid]);
    expect([bobs.host, bobs.child].map(uidOf)).toEqual([bob.uid, bob.uid]);
    const terminal = await attachTerminal(ann.client, anns.job);
    terminal.type("echo uid-$(id -u)-$(id -G | tr ' ' ,).; cat all.zip > /dev/null && echo own-$((1+1)).\n");
    await terminal.see(new RegExp(`uid-${ann.uid}-${ann.uid}\\.`));
    await terminal.see(/own-2\./);
    const closed = [
      inside(bob, theirs),
      inside(bob, theirs, "secret.txt"),
      join(dataDir, "homes", String(bob.id)),
      join(dataDir, "trash", String(bob.id)),
      join(dataDir, "run/sessions", String(bobs.job)),
      join(dataDir, "keys/secret.key"),
      join(dataDir, "postgres/data"),
      `/proc/${bobs.child}/environ`,
      `/proc/${stoa.serverPid()}/environ`,
    ];
    for (const [index, path] of closed.entries()) {
      expect(existsSync(path), path).toBe(true);
      terminal.type(`{ ls '${path}/' || cat '${path}'; } > /dev/null 2>&1; echo tried-${index}-$?.\n`);
      await terminal.see(new RegExp(`tried-${index}-[1-9]\\d*\\.`));
    }
    terminal.type(`kill -9 ${bobs.child}; echo killed-$?.\n`);
    await terminal.see(/killed-1\./);
    terminal.close();
    for (const [person, { job }] of [[ann, anns] as const, [bob, bobs] as const]) {
      expect((await person.client.call("PUT", `/jobs/${job}/stop/`)).status).toBe(200);
    }
    await until(() =>
      [anns, bobs].every(({ child, host }) => !existsSync(`/proc/${child}`) && !existsSync(`/proc/${host}`)),
    );
  });

  it("takes an old service over by each person's agent, beside the server", async () => {
    const outside = mkdtempSync(join(tmpdir(), "stoa-old-"));
    chmodSync(outside, 0o700);
    const old = createOldService(outside, { HOME: outside, STOA_DATA_DIR: dataDir, STOA_PORT: new URL(stoa.url).port });
    const { id, content } = old.addWorkspace();
    const run = old.import();
    const seen = new Set<number>();
    let over = false;
    void run.ended.then(() => {
      over = true;
    });
    for (; !over; await sleep(5)) for (const { uid } of agentsBelow(run.pid)) seen.add(uid);
    expect(await run.ended).toBe("done");
    const owners = new Set(ownersBelow(join(dataDir, "workspaces", String(OLD_PERSON), String(id))).values());
    expect(owners).toEqual(seen);
    expect([...seen][0]).toBeGreaterThanOrEqual(200_000);
    const token = { "UWS-Authorization": `Token ${OLD_TOKEN}` };
    const got = await send(`${stoa.url}/workspaces/${id}/?path=0.txt`, "GET", undefined, token);
    expect(got.status, got.text).toBe(200);
    expect(statSync(join(dataDir, "workspaces", String(OLD_PERSON), String(id), "0.txt")).size).toBe(content.length);
    rmSync(outside, { recursive: true });
  });
});
