import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lendPrograms } from "../../packages/server/src/testing/lent-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { send } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { failToStart } from "./failing-start.ts";

/** EX_TEMPFAIL: it may pass, and a supervisor should try again. */
const NOT_YET = 75;
/** EX_CONFIG: an operator can mend it, and no supervisor needs to try again. */
const CANNOT_START = 78;
const asRoot = process.getuid?.() === 0;

let folder = "";
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stoa-start-"));
  chmodSync(folder, 0o711);
  for (const name of ["data", "another", "shared"]) lendPrograms(join(folder, name));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** The database is not what these are about: one that is there already saves making one. */
const settings = () => ({ STOA_DATA_DIR: join(folder, "data"), DATABASE_URL: database.url });

async function connections(): Promise<number> {
  const text = "select count(*)::int as n from pg_stat_activity where application_name like 'stoa/%' and datname = $1";
  const { rows } = await database.pool.query(text, [new URL(database.url).pathname.slice(1)]);
  return (rows[0] as { n: number }).n;
}

describe("a configuration that can't be", () => {
  it("is refused as a whole: each thing wrong with its remedy, no secret among them, and nothing is made", async () => {
    writeFileSync(join(folder, "wrong.yaml"), "prot: 8080\nlimits: { body_bytes: { a: 1 } }\ndatabase: 5\n");
    const { code, output } = await failToStart({
      STOA_DATA_DIR: join(folder, "unmade"),
      STOA_CONFIG: join(folder, "wrong.yaml"),
      STOA_HOST: "http://x",
      STOA_PORT: "70000",
      STOA_REGISTRATON: "open",
      STOA_DEFAULT_LOCALE: "de",
      STOA_UPLOAD_LIMIT: "-1",
      STOA_DRAIN: "3 weeks",
      STOA_TRUSTED_PROXIES: "10.0.0.0/33",
      DATABASE_URL: "mysql://root:hunter2@localhost/x",
      STOA_PUBLIC_URL: "https://u:hunter2@example.org/path",
    });
    expect(code, output).toBe(CANNOT_START);
    for (const name of [
      ...["prot in", "limits.body_bytes in", "database in", "STOA_HOST", "STOA_PORT", "STOA_REGISTRATON"],
      ...["STOA_DEFAULT_LOCALE", "STOA_UPLOAD_LIMIT", "STOA_DRAIN", "STOA_TRUSTED_PROXIES", "DATABASE_URL"],
      "STOA_PUBLIC_URL",
    ]) {
      expect(output).toMatch(new RegExp(`^ {2}- ${name}.*\\. .*\\.$`, "m"));
    }
    expect(output).toContain("Did you mean STOA_REGISTRATION?");
    expect(output).not.toContain("hunter2");
    expect(output).not.toMatch(/\n\s+at .*\.ts:\d/);
    expect(existsSync(join(folder, "unmade"))).toBe(false);
  });

  it.each([
    [
      "dangerous combinations, all of them",
      { STOA_HOST: "0.0.0.0", STOA_REGISTRATION: "open", API_KEY: "your-secret-key", STOA_SECRET_KEY: "a".repeat(40) },
      /STOA_REGISTRATION.*without TLS.*API_KEY.*out of an example.*STOA_SECRET_KEY.*too regular/s,
    ],
    ["a YAML file that isn't there", { STOA_CONFIG: "/nowhere/stoa.yaml" }, /STOA_CONFIG.*ENOENT/s],
    ["a key file that isn't there", { STOA_SECRET_KEY_FILE: "/nowhere/key" }, /\/nowhere\/key/],
    ["an address of another machine", { STOA_HOST: "203.0.113.77" }, /no address 203\.0\.113\.77/],
  ])("%s", async (_what, env, expected) => {
    const { code, output } = await failToStart({ ...settings(), ...env });
    expect(output).toMatch(expected);
    expect(code, output).toBe(CANNOT_START);
    expect(output).not.toMatch(/\n\s+at .*\.ts:\d/);
  });
});

describe("a database that does not answer", () => {
  const at = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };
  const unserved = () => "postgresql://ada:hunter2@127.0.0.1:1/stoa";
  const missing = () => at((url) => (url.pathname = "/hunter2-not"));
  const stranger = () => at((url) => (url.username = "nobody-of-that-name"));

  it.each([
    ["because nobody serves it", unserved, NOT_YET, /at 127\.0\.0\.1:1\/stoa does not answer: .*ECONNREFUSED/],
    [
      "because the server has none of that name",
      missing,
      CANNOT_START,
      /does not have this database.*create database/s,
    ],
    ["because the user is unknown", stranger, CANNOT_START, /(does not let this user in|refuses the password)/],
  ])("%s", async (_what, url, expectedCode, expected) => {
    const { code, output } = await failToStart({ ...settings(), DATABASE_URL: url() });
    expect(output).toMatch(expected);
    expect(output).toContain("DATABASE_URL");
    expect(code, output).toBe(expectedCode);
    expect(output).not.toMatch(/hunter2@|\n\s+at .*\.ts:\d/);
  });
});

it("a secret key that is not the database's is refused: nothing that was sealed could be opened", async () => {
  await failToStart({ ...settings(), STOA_HOST: "203.0.113.77" });
  const { code, output } = await failToStart({ ...settings(), STOA_DATA_DIR: join(folder, "another") });
  expect(code, output).toBe(CANNOT_START);
  expect(output).toMatch(/secret key/i);
});

describe("a port that is taken", () => {
  let taken: Server;
  afterAll(() => taken.close());

  it("is said with the remedy, and nothing stays behind", async () => {
    const port = await new Promise<number>((resolve) => {
      taken = createServer().listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
    });
    const { code, output } = await failToStart({ ...settings(), STOA_PORT: String(port) });
    expect(code, output).toBe(CANNOT_START);
    expect(output).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`);
    expect(output).toContain("STOA_PORT");
    await expect.poll(connections).toBe(0);
  });
});

describe("a data directory", () => {
  let first: StoaProcess | undefined;
  afterAll(() => first && discard(first), 30_000);

  it.each([
    ["below a file", () => join(folder, "wrong", "file", "data")],
    ["that nobody can make", () => "/proc/stoa"],
  ])("%s is refused", async (_what, place) => {
    mkdirSync(join(folder, "wrong"), { recursive: true });
    writeFileSync(join(folder, "wrong", "file"), "");
    const { code, output } = await failToStart({ ...settings(), STOA_DATA_DIR: place() });
    expect(code, output).toBe(CANNOT_START);
    expect(output).toContain(`The data directory ${place()} can't be used`);
    expect(output).toContain("STOA_DATA_DIR");
  });

  it.runIf(asRoot)("below a home of mode 0700 is refused to root, and the fix is named", async () => {
    const home = join(folder, "home");
    mkdirSync(home, { mode: 0o700 });
    const { code, output } = await failToStart({ STOA_DATA_DIR: join(home, "stoa") });
    expect(code, output).toBe(CANNOT_START);
    expect(output).toContain(`chmod o+x ${home}`);
    expect(existsSync(join(home, "stoa", "postgres", "PG_VERSION"))).toBe(false);
  });

  it("has one server: a second is refused, and the first goes on", async () => {
    const shared = join(folder, "shared");
    first = await startStoa({ dataDir: shared });
    const before = readdirSync(shared).sort();
    const { code, output } = await failToStart({ STOA_DATA_DIR: shared });
    expect(code, output).toBe(CANNOT_START);
    expect(output).toContain(String(first.pid));
    expect((await send(`${first.url}/health`, "GET")).json).toMatchObject({ database: "connected" });
    expect(readdirSync(shared).sort()).toEqual(before);
  }, 60_000);
});
