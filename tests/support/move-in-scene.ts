import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loseWorkers } from "../../packages/server/src/testing/lose-workers.ts";
import { PASSWORD, type Person, register, shellAs } from "../processes/person.ts";
import { databaseOf } from "./database-of.ts";
import { type PortalClient, signIn } from "./portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "./stoa-process.ts";

const FILES = 1_200;
const BIG = 12 * 2 ** 20;
const base = "/api/stoa/v1/storage";

/** All that is to be kept of a tree; not what was staged for an upload that was refused in the midst of it. */
export function listing(folder: string): string {
  const what = "%P|%y|%m|%U|%G|%T@|%n|%l\\n";
  const args = [folder, "-mindepth", "1", "(", "-name", ".staging", "-prune", ")", "-o", "-printf", what];
  const names = execFileSync("find", args, { encoding: "utf8", maxBuffer: 2 ** 26 })
    .split("\n")
    .sort();
  const sums = execFileSync("sh", [
    "-c",
    'cd "$0" && find . -name .staging -prune -o -type f -exec sha256sum {} + | sort -k2',
    folder,
  ]);
  return `${names.join("\n")}\n${sums}`;
}

/**
 * Somebody's workspaces are moved into their storage, by a real server that is killed in the midst of it.
 * @param env how it is started
 */
export function describeMoveIn(env: Readonly<Record<string, string>>, { withBroker }: { withBroker: boolean }): void {
  let stored: string;
  let stoa: StoaProcess;
  let admin: PortalClient;
  let eve: Person;
  let workspace: number;
  let subject: number;
  let before: string;
  const dataDir = newDataDir();
  const data = (...parts: (string | number)[]) => join(dataDir, ...parts.map(String));
  const move = () => `${base}/subjects/${subject}/move-in`;
  const look = async () => (await admin.call("GET", move())).json;
  const files = () => `/api/stoa/v1/workspaces/${workspace}/files`;
  const read = (name: string) => eve.client.call("GET", `${files()}/content?path=${name}`);
  const put = (name: string) =>
    eve.client.call("PUT", `${files()}/content?path=${name}`, Buffer.from("more"), {
      "Content-Type": "application/octet-stream",
    });

  async function start(workspaces: "inside" | "apart"): Promise<void> {
    stoa = await startStoa({
      dataDir,
      timeoutMs: 120_000,
      env: {
        API_KEY: "a key of the tests, long enough",
        STORAGE_BASE_PATH: stored,
        STORAGE_WORKSPACES: workspaces,
        ...env,
      },
    });
    admin = await signIn(stoa.url, "admin", stoa.adminPassword);
    if (eve !== undefined) eve = { ...eve, client: await signIn(stoa.url, "eve", PASSWORD) };
  }

  async function begin(): Promise<string> {
    const asked = await admin.call("POST", move());
    expect(asked.status, asked.text).toBe(202);
    return asked.json.operation_id;
  }

  async function operation(id: string, isSo: (one: { state: string }) => boolean) {
    for (const until = Date.now() + 200_000; ; await sleep(100)) {
      const { json } = await admin.call("GET", `/api/stoa/v1/operations/${id}`);
      if (isSo(json)) return json;
      if (Date.now() > until) throw new Error(`${JSON.stringify(json)}\n${stoa.output().slice(-3_000)}`);
    }
  }
  async function inDatabase<T>(work: (database: Awaited<ReturnType<typeof databaseOf>>) => Promise<T>): Promise<T> {
    const database = await databaseOf(dataDir);
    return await work(database).finally(() => database.end());
  }

  async function killed(): Promise<void> {
    await stoa.killBoth();
    await inDatabase(loseWorkers);
  }

  /** Kills the server so many times in the midst of one of these operations, which another server's work holds up. */
  async function killedWhileItWaits(ids: readonly string[], times: number): Promise<string | undefined> {
    const writer =
      "insert into storage_writers (account_id, holder, until) values ($1, 'another', now() + interval '1 h')";
    await inDatabase((database) => database.query(writer, [eve.id]));
    const runs = "select id from operations where id = any($1) and state = 'running' and attempt >= $2";
    let id: string | undefined;
    for (let time = 1; time <= times; time += 1) {
      const running = () => inDatabase(async (database) => (await database.query(runs, [ids, time])).rows[0]?.id);
      await expect.poll(running, { timeout: 30_000 }).toEqual(id ?? expect.any(String));
      id ??= (await running()) as string;
      await killed();
      await start("inside");
    }
    await inDatabase((database) => database.query("delete from storage_writers where holder = 'another'"));
    return id;
  }

  const ended = (id: string) => operation(id, ({ state }) => state !== "queued" && state !== "running");

  beforeAll(async () => {
    stored = realpathSync(mkdtempSync(join(tmpdir(), "stoa-homes-")));
    chmodSync(stored, 0o711);
    await start("apart");
    eve = await register(stoa, "eve");
    const content = {
      files: [
        { name: "a.txt", content: "text" },
        { name: "thrown.txt", content: "away" },
      ],
    };
    const made = await eve.client.call("POST", "/workspaces/", {
      name: "thesis",
      description: "",
      workspace_details: content,
    });
    workspace = made.json.data.workspace.id;
    expect((await eve.client.call("DELETE", `${files()}?path=thrown.txt`)).status).toBe(200);
    await stoa.stop();
    const own = (...parts: string[]) => data("workspaces", eve.id, workspace, ...parts);
    mkdirSync(own("deep/er"), { recursive: true });
    for (let n = 0; n < FILES; n += 1) writeFileSync(own("deep/er", `f${n}`), `${n}`.repeat(3_000));
    writeFileSync(own("big.bin"), Buffer.alloc(BIG, "x"));
    linkSync(own("a.txt"), own("deep/same"));
    symlinkSync("/etc/passwd", own("out"));
    symlinkSync("..", own("deep/up"));
    chmodSync(own("a.txt"), 0o640);
    utimesSync(own("big.bin"), 1_000_000_000, 1_000_000_000);
    const owner = statSync(data("workspaces", eve.id));
    execFileSync("chown", ["-hR", `${owner.uid}:${owner.gid}`, own()]);
    chmodSync(own("deep/er"), 0o555);
    before = listing(data("workspaces", eve.id));
    await start("inside");
    const body = { kind: "user", name: "eve", account_id: eve.id };
    const linked = await admin.call("POST", `${base}/subjects`, body);
    expect(linked.status, linked.text).toBe(201);
    subject = linked.json.id;
  }, 240_000);
  afterAll(async () => {
    await discard(stoa);
    rmSync(stored, { recursive: true, force: true });
  }, 120_000);

  const left = () => readdirSync(join(stored, "eve/.stoa")).filter((name) => name !== "trash");

  it("tells what there is to be moved, and moves nothing while a session runs", async () => {
    expect(await look()).toMatchObject({ place: "apart", why_not: null, workspaces: 1, in_trash: 1, sessions: 0 });
    const started = await shellAs(eve, workspace, dataDir);
    expect(await look()).toMatchObject({ why_not: "sessions", sessions: 1 });
    const refused = await admin.call("POST", move());
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("End them first")]);
    expect((await eve.client.call("POST", move())).status).toBe(403);
    expect((await eve.client.call("PUT", `/jobs/${started.job}/stop/`)).status).toBe(200);
    for (let tries = 0; (await look()).sessions > 0; tries += 1) {
      if (tries > 300) throw new Error("its session does not end");
      await sleep(100);
    }
  });

  it("moves nothing for which there is no room, and says how much there is", async () => {
    expect((await admin.call("PUT", `${base}/subjects/${subject}/quota`, { quota: 2 ** 20 })).status).toBe(200);
    const { state, error } = await ended(await begin());
    expect([state, error.message]).toEqual([
      "failed",
      expect.stringMatching(/It takes .* of the quota of 1 MiB are used/),
    ]);
    expect((await admin.call("PUT", `${base}/subjects/${subject}/quota`, { quota: 0 })).status).toBe(200);
    expect(await look()).toMatchObject({ place: "apart", why_not: null });
    expect((await read("a.txt")).text).toBe("text");
  });

  it("waits for what is under way, holds up all that comes, and is as if nothing had been when it is called off", async () => {
    const slow = await fetch(`${stoa.url}${files()}/content?path=big.bin`, { headers: { Cookie: eve.client.cookie } });
    expect(slow.status).toBe(200);
    const id = await begin();
    await operation(id, ({ state }) => state === "running");
    await expect.poll(async () => (await put("b.txt")).status, { timeout: 20_000 }).toBe(503);
    expect((await put("b.txt")).text).toContain("being moved");
    // What came before it began is theirs.
    before = listing(data("workspaces", eve.id));
    const starting = await eve.client.call("POST", "/api/stoa/v1/sessions", {
      workspace_id: workspace,
      job_type: "terminal",
    });
    expect([starting.status, starting.text]).toEqual([409, expect.stringContaining("being moved")]);
    expect((await admin.call("DELETE", `${base}/subjects/${subject}`)).status).toBe(409);
    expect(await look()).toMatchObject({ why_not: "under_way", operation_id: id });
    const cancelled = await admin.call("POST", `/api/stoa/v1/operations/${id}/cancel`);
    expect(cancelled.status, cancelled.text).toBeLessThan(300);
    await slow.body?.cancel();
    expect((await ended(id)).state).toBe("cancelled");
    expect(existsSync(join(stored, "eve/.stoa")) ? left() : []).toEqual([]);
    expect(listing(data("workspaces", eve.id))).toBe(before);
    expect((await put("b.txt")).status).toBe(200);
    before = listing(data("workspaces", eve.id));
  }, 120_000);

  it("loses nothing whenever the server is killed, and goes on by itself", async () => {
    const both = await Promise.all([admin.call("POST", move()), admin.call("POST", move())]);
    const ids = both.filter(({ status }) => status === 202).map(({ json }) => json.operation_id as string);
    expect(ids.length).toBeGreaterThan(0);
    const killedOne = await killedWhileItWaits(ids, 3);
    for (const delay of [100, 700]) {
      await sleep(delay);
      await killed();
      const place = data("workspaces", eve.id);
      const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
      if (!isLink) {
        const apart = existsSync(place) ? place : data("workspaces", `.apart-${eve.id}`);
        expect(listing(apart)).toBe(before);
      }
      await start("inside");
      const { status, text } = await read("a.txt");
      expect([200, 503]).toContain(status);
      if (status === 200) expect(text).toBe("text");
    }
    const ends = await Promise.all(ids.map(ended));
    expect(
      ends.filter(({ state }) => state === "succeeded").map(({ id }) => id),
      JSON.stringify(ends),
    ).toEqual([killedOne]);
    expect(readlinkSync(data("workspaces", eve.id))).toBe(join(stored, "eve/workspaces"));
    expect(listing(join(stored, "eve/workspaces"))).toBe(before);
    expect(readdirSync(join(stored, "eve/.stoa"))).toEqual(["trash"]);
    expect((await read("a.txt")).text).toBe("text");
    expect((await put("b.txt")).status).toBe(200);
    expect(existsSync(join(stored, "eve/workspaces", String(workspace), "b.txt"))).toBe(true);
    const trash = (await eve.client.call("GET", "/api/stoa/v1/trash")).json.items as { id: number; path: string }[];
    const thrown = trash.find(({ path }) => path === "thrown.txt");
    const back = await eve.client.call("POST", `/api/stoa/v1/trash/${thrown?.id}/restore`);
    expect(back.status, back.text).toBeLessThan(300);
    expect((await read("thrown.txt")).text).toBe("away");
  }, 400_000);

  it("keeps the old folders, tells how large they are, and removes them when it is asked to", async () => {
    const { place, aside } = await look();
    expect([place, aside.files]).toEqual(["inside", expect.any(Number)]);
    expect(aside.bytes).toBeGreaterThan(BIG);
    const apart = data("workspaces", `.apart-${eve.id}`);
    if (withBroker) {
      const { uid, mode } = statSync(apart);
      expect([uid, mode & 0o777]).toEqual([0, 0o700]);
    }
    expect(await look()).toMatchObject({ why_not: "nothing_apart" });
    const started = await shellAs(eve, workspace, dataDir);
    expect((await eve.client.call("PUT", `/jobs/${started.job}/stop/`)).status).toBe(200);
    const asked = await admin.call("DELETE", `${move()}/aside`);
    expect(asked.status, asked.text).toBe(202);
    expect((await ended(asked.json.operation_id)).state).toBe("succeeded");
    expect([existsSync(apart), existsSync(data("trash", `.apart-${eve.id}`))]).toEqual([false, false]);
    expect((await look()).aside).toBeNull();
    expect((await admin.call("DELETE", `${move()}/aside`)).status).toBe(404);
    expect((await read("a.txt")).text).toBe("text");
  }, 120_000);
}
