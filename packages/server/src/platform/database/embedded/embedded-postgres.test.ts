import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lendPrograms } from "../../../testing/lent-programs.ts";
import { spawnEmbedded, temporaryDataDir } from "../../../testing/spawn-embedded.ts";
import { isRunning, readProcess } from "../process-identity.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { clusterLayout } from "./layout.ts";
import { runningPostmaster } from "./orphan.ts";
import { becomesReady, type PostmasterOptions } from "./postmaster.ts";

const log = pino({ level: "silent" });
const settings = { fsync: "off" };
const asRoot = process.getuid?.() === 0;

async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: query, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

describe("the embedded server", () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  let dataDir: string;
  const data = () => path.join(dataDir, "postgres", "data");
  const running: EmbeddedPostgres[] = [];
  const start = async (changes: object = {}) => {
    const server = await startEmbeddedPostgres({ dataDir, log, settings: { ...settings, ...changes } });
    running.push(server);
    return server;
  };
  // One that a failed test left would fail all that come after.
  afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

  beforeAll(async () => {
    directory = await temporaryDataDir();
    // A new directory, so that making it is tested too.
    dataDir = path.join(directory.path, "new", "data");
  });
  afterAll(() => directory.remove());

  test("first start: directories and keys are private, the role is no superuser, checksums and UTF-8", async () => {
    const server = await start();
    const mode = async (name: string) => ((await stat(path.join(dataDir, name))).mode & 0o777).toString(8);
    expect(await mode(".")).toBe("711");
    expect(await mode("postgres")).toBe("700");
    expect(await mode("postgres/data")).toBe("700");
    expect(await mode("keys")).toBe("700");
    expect(await mode("keys/postgres.json")).toBe("600");
    expect((await stat(data())).uid === 0).toBe(false);
    expect(await ask(server.url, "select rolsuper, rolcreatedb from pg_roles where rolname = current_user")).toEqual([
      false,
      false,
    ]);
    expect(
      await ask(server.url, "select current_setting('data_checksums'), current_setting('server_encoding')"),
    ).toEqual(["on", "UTF8"]);
    const wrong = server.url.replace(/:[^:@/]+@/, ":wrong@");
    await expect(ask(wrong, "select 1")).rejects.toMatchObject({ code: "28P01" });
    await server.stop();
    expect(await runningPostmaster(clusterLayout(dataDir))).toBeNull();
  });

  test("a second server on the directory is refused, and told who has it", async () => {
    const first = await spawnEmbedded(dataDir);
    await expect(start()).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining(`process ${first.child.pid} on`),
      remedy: expect.stringContaining("STOA_DATA_DIR"),
    });
    expect(await ask(first.said.url, "select 1")).toEqual([1]);
    await first.end("SIGTERM");
  });

  test("a killed server's PostgreSQL is adopted, with what was acknowledged", async () => {
    const first = await spawnEmbedded(dataDir);
    await ask(first.said.url, "create table kept (id int)");
    await ask(first.said.url, "insert into kept values (1)");
    const before = await runningPostmaster(clusterLayout(dataDir));
    await first.end("SIGKILL");
    const second = await start();
    expect(await runningPostmaster(clusterLayout(dataDir))).toEqual(before);
    expect(await ask(second.url, "select id from kept")).toEqual([1]);
    await second.stop();
  });

  test("one that was started otherwise is stopped and started anew", async () => {
    const first = await spawnEmbedded(dataDir);
    const before = await runningPostmaster(clusterLayout(dataDir));
    await first.end("SIGKILL");
    await mkdir(path.join(dataDir, "runtime", "postgres-17.1.0"));
    const second = await start({ work_mem: "5MB" });
    expect(await readdir(path.join(dataDir, "runtime"))).toHaveLength(1);
    expect(before && isRunning(before)).toBe(false);
    expect(await ask(second.url, "show work_mem")).toEqual(["5MB"]);
    await second.stop();
  });

  test("server and PostgreSQL killed together: recovered at the next start", async () => {
    const first = await spawnEmbedded(dataDir);
    const before = await runningPostmaster(clusterLayout(dataDir));
    await ask(first.said.url, "insert into kept values (2)");
    await first.end("SIGKILL");
    process.kill(before?.pid ?? 0, "SIGKILL");
    const second = await start();
    expect(await ask(second.url, "select id from kept order by 1")).toEqual([1, 2]);
    await second.stop();
  });

  /** PostgreSQL's locks, as one that was killed has left them. */
  async function leaveLocks(pid: number): Promise<void> {
    const { uid, gid } = await stat(data());
    const socketLock = path.join(dataDir, "postgres", "socket", ".s.PGSQL.5432.lock");
    for (const file of [path.join(data(), "postmaster.pid"), socketLock]) {
      await writeFile(file, `${pid}\n${data()}\n1\n5432\n\n\n\nready\n`, { mode: 0o600 });
      await chown(file, uid, gid);
    }
  }

  // One with an end that nobody collects looks alive to PostgreSQL: the shell turns into what never does.
  test.each([
    ["that lives", "echo $$; exec sleep 60", "S"],
    ["that nobody has collected", "sleep 0.1 & echo $!; exec sleep 60", "Z"],
  ])("stale locks naming another process of its account %s do not stop the start", async (_which, script, state) => {
    const { uid, gid } = await stat(data());
    const shell = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"], uid, gid });
    try {
      const pid = Number((await once(createInterface(shell.stdout), "line"))[0]);
      await expect.poll(() => readProcess(pid)?.state).toBe(state);
      await leaveLocks(pid);
      const server = await start();
      expect(await ask(server.url, "select 1")).toEqual([1]);
      expect(readProcess(pid)?.state).toBe(state);
      await server.stop();
    } finally {
      shell.kill("SIGKILL");
    }
  });

  test("a server on the socket that is none of our processes: refused, and nothing of its is touched", async () => {
    const left = JSON.stringify({ pid: 4_194_304, startTime: "1", world: "another", host: "elsewhere" });
    const [lock, pidFile] = [path.join(dataDir, "server.lock"), path.join(data(), "postmaster.pid")];
    // As PostgreSQL in another container looks from here: its number means nothing, its socket answers.
    await writeFile(pidFile, `4194304\n${data()}\n1\n5432\n\n\n\nready\n`);
    const socketLock = path.join(dataDir, "postgres", "socket", ".s.PGSQL.5432.lock");
    await writeFile(socketLock, `4194304\n`);
    const foreign = createServer().listen(path.join(dataDir, "postgres", "socket", ".s.PGSQL.5432"));
    await once(foreign, "listening");
    try {
      await expect(start()).rejects.toMatchObject({ name: "StartError", message: expect.stringContaining("not this") });
      await writeFile(lock, left);
      await expect(start()).rejects.toMatchObject({ name: "StartError", message: expect.stringContaining("not this") });
      expect(await readFile(lock, "utf8")).toBe(left);
      for (const file of [pidFile, socketLock]) expect(await readFile(file, "utf8")).toContain("4194304");
    } finally {
      foreign.close();
      await rm(lock, { force: true });
      for (const file of [pidFile, socketLock]) await rm(file, { force: true });
    }
  });

  test("the lock becomes another's: PostgreSQL ends at once, without a last checkpoint", async () => {
    const server = await start();
    const before = await runningPostmaster(clusterLayout(dataDir));
    const lock = path.join(dataDir, "server.lock");
    await writeFile(`${lock}.new`, JSON.stringify({ pid: 4_194_304, startTime: "1", world: "x", host: "elsewhere" }));
    await rename(`${lock}.new`, lock);
    expect(await server.lost).toMatchObject({ name: "StartError", message: expect.stringContaining("on elsewhere") });
    expect(before && isRunning(before)).toBe(false);
    expect(await readFile(path.join(dataDir, "postgres", "postgres.log"), "utf8")).toMatch(
      /received immediate shutdown request[^\n]*\n[^\n]*is shut down\n$/,
    );
    await server.stop();
    await rm(lock);
  });

  test("another server that answers at its address is not taken for it", async () => {
    const server = await start();
    const real = await runningPostmaster(clusterLayout(dataDir));
    const sleeper = spawn("sleep", ["60"]);
    const pid = sleeper.pid ?? 0;
    const passwords = JSON.parse(await readFile(path.join(dataDir, "keys", "postgres.json"), "utf8"));
    setTimeout(() => sleeper.kill("SIGKILL"), 500);
    const claimed = {
      pid,
      startTime: readProcess(pid)?.startTime ?? "",
      host: real?.host ?? "",
      port: real?.port ?? 0,
    };
    const options = { layout: clusterLayout(dataDir), passwords } as PostmasterOptions;
    expect(await becomesReady(claimed, options)).toBe(false);
    expect(real && (await becomesReady(real, options))).toBe(true);
    await server.stop();
  });

  test("given up in the middle: it throws the signal's reason, nothing runs and the directory is free", async () => {
    for (const ms of [0, 5, 30, 80, 150]) {
      const signal = AbortSignal.timeout(ms);
      const attempt = startEmbeddedPostgres({ dataDir, log, settings, signal });
      await attempt.then((server) => server.stop()).catch((error) => expect(error).toBe(signal.reason));
      expect(await runningPostmaster(clusterLayout(dataDir))).toBeNull();
    }
    await (await start()).stop();
  });

  test("it starts again when it crashes, at the same address", async () => {
    const server = await start();
    const before = await runningPostmaster(clusterLayout(dataDir));
    process.kill(before?.pid ?? 0, "SIGKILL");
    await expect.poll(() => ask(server.url, "select 1").catch(() => []), { timeout: 15_000 }).toEqual([1]);
    expect(before && isRunning(before)).toBe(false);
    await server.stop();
  });

  test("lost passwords are made anew, the data stays", async () => {
    const before = await readFile(path.join(dataDir, "keys", "postgres.json"), "utf8");
    await rm(path.join(dataDir, "keys", "postgres.json"));
    const server = await start();
    expect(await ask(server.url, "select id from kept order by 1")).toEqual([1, 2]);
    expect(await readFile(path.join(dataDir, "keys", "postgres.json"), "utf8")).not.toBe(before);
    await server.stop();
  });

  test.each([
    ["17", "npx stoa backup"],
    ["19", "newer release"],
  ])("a directory made by PostgreSQL %s is refused with the steps", async (version, remedy) => {
    const file = path.join(data(), "PG_VERSION");
    const original = await readFile(file, "utf8");
    await writeFile(file, `${version}\n`);
    await expect(start()).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining(`PostgreSQL ${version}`),
      remedy: expect.stringContaining(remedy),
    });
    await writeFile(file, original);
    await (await start()).stop();
  });

  test("a path too long for a socket: 127.0.0.1 with a password, on any free port", async () => {
    const long = path.join(directory.path, "x".repeat(120));
    lendPrograms(long);
    const server = await startEmbeddedPostgres({ dataDir: long, log, settings });
    expect(new URL(server.url).hostname).toBe("127.0.0.1");
    expect(await ask(server.url, "select 1")).toEqual([1]);
    await server.stop();
  });

  test.runIf(asRoot)("as root, below a directory that lets nobody in: refused, naming it", async () => {
    const home = path.join(directory.path, "home");
    await mkdir(home, { mode: 0o700 });
    await expect(startEmbeddedPostgres({ dataDir: path.join(home, "d"), log })).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining(`${home} lets nobody`),
      remedy: expect.stringContaining(`chmod o+x ${home}`),
    });
    await chmod(home, 0o711);
    lendPrograms(path.join(home, "d"));
    await (await startEmbeddedPostgres({ dataDir: path.join(home, "d"), log, settings })).stop();
  });

  test("a directory that can't be made or written is refused with the remedy", async () => {
    const file = path.join(directory.path, "file");
    await writeFile(file, "");
    await expect(startEmbeddedPostgres({ dataDir: path.join(file, "d"), log })).rejects.toMatchObject({
      name: "StartError",
      remedy: expect.stringContaining("STOA_DATA_DIR"),
    });
    await expect(startEmbeddedPostgres({ dataDir: "/proc/stoa", log })).rejects.toMatchObject({ name: "StartError" });
  });

  // A checkout below a closed directory can't be read by somebody else; that somebody is then tried by CI's other run.
  test.runIf(asRoot && othersMayRead(import.meta.dirname))(
    "as an ordinary user: as oneself; root's directory is refused",
    async () => {
      const nobody = { uid: 65_534, gid: 65_534 };
      const own = path.join(directory.path, "own");
      await mkdir(own);
      lendPrograms(own);
      for (const name of [own, path.join(own, "runtime")]) await chown(name, nobody.uid, nobody.gid);
      const server = await spawnEmbedded(own, nobody);
      expect(server.said.message).toBeUndefined();
      expect(await ask(server.said.url, "select 1")).toEqual([1]);
      expect((await stat(path.join(own, "postgres", "data"))).uid).toBe(nobody.uid);
      await server.end("SIGTERM");
      const refused = await spawnEmbedded(dataDir, nobody);
      expect(refused.said).toMatchObject({
        message: expect.stringContaining("may not write there"),
        remedy: expect.stringContaining("STOA_DATA_DIR"),
      });
    },
  );
});

/** True when every directory above lets everybody through. */
function othersMayRead(directory: string): boolean {
  const parent = path.dirname(directory);
  return (statSync(directory).mode & 0o001) !== 0 && (parent === directory || othersMayRead(parent));
}
