import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { openSecretBox, ownKeyFile } from "./open-secret-box.ts";
import { rotateSecretKey } from "./rotate-secret-key.ts";
import { createSecretBox } from "./secret-box.ts";

const key = "k".repeat(40);
const log = pino({ level: "silent" });

describe("a secret box", () => {
  const box = createSecretBox(key);

  it("opens what it sealed, and seals the same differently each time", () => {
    for (const plain of ["", "secret", "سرّ", Buffer.alloc(100_000, 7)]) {
      const sealed = box.seal("hub", plain);
      expect(box.open("hub", sealed)).toEqual(Buffer.from(plain));
      expect(box.seal("hub", plain)).not.toBe(sealed);
    }
  });

  it("does not open for another purpose, with another key, or what was changed", () => {
    const sealed = box.seal("hub", "secret");
    expect(() => box.open("mail", sealed)).toThrow();
    expect(() => createSecretBox("j".repeat(40)).open("hub", sealed)).toThrow();
    for (let i = 3; i < sealed.length; i += 5) {
      const changed = sealed.slice(0, i) + (sealed[i] === "A" ? "B" : "A") + sealed.slice(i + 1);
      expect(() => box.open("hub", changed)).toThrow();
    }
    const spelling = "AEIMQUYcgkosw048";
    const last = sealed.at(-1) ?? "";
    const respelled = sealed.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
    expect(spelling).toContain(last);
    expect(Buffer.from(respelled.slice(3), "base64url")).toEqual(Buffer.from(sealed.slice(3), "base64url"));
    expect(() => box.open("hub", respelled)).toThrow();
    for (const broken of ["", "s1.", "s1.AAAA", "s2.x", sealed.slice(0, -4)])
      expect(() => box.open("hub", broken)).toThrow();
  });

  it("derives keys that differ by purpose and key, and tell nothing of each other", () => {
    expect(box.derive("csrf")).toHaveLength(32);
    expect(box.derive("csrf")).toEqual(createSecretBox(key).derive("csrf"));
    expect(box.derive("csrf")).not.toEqual(box.derive("tickets"));
    expect(box.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(box.fingerprint).not.toBe(createSecretBox("j".repeat(40)).fingerprint);
  });
});

describe("the installation's key", () => {
  let dataDir = "";
  let database: TestDatabase;
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "stoa-secrets-"));
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true });
  });
  const none = { value: null, file: null };
  const open = (secretKey: { value: string | null; file: string | null } = none) =>
    openSecretBox({ config: { dataDir, secretKey }, db: database.db, log });
  const file = () => ownKeyFile({ dataDir });

  it("is made at the first start, for its owner only, and stays", async () => {
    const first = await open();
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file()))).mode & 0o777).toBe(0o700);
    expect((await open()).fingerprint).toBe(first.fingerprint);
  });

  it("is made once by processes that start together", async () => {
    const boxes = await Promise.all([open(), open(), open()]);
    expect(new Set(boxes.map((box) => box.fingerprint)).size).toBe(1);
  });

  it("is refused when it is not the one this database knows", async () => {
    await open();
    await expect(open({ value: key, file: null })).rejects.toMatchObject({
      name: "StartError",
      remedy: expect.stringContaining("STOA_SECRET_KEY"),
    });
    await rm(file());
    await expect(open()).rejects.toMatchObject({ name: "StartError" });
  });

  it("may be configured, by value or by file; too short or missing is refused", async () => {
    const box = await open({ value: key, file: null });
    const own = path.join(dataDir, "own.key");
    await writeFile(own, `${key}\n`);
    expect((await open({ value: null, file: own })).fingerprint).toBe(box.fingerprint);
    await expect(open({ value: "short", file: null })).rejects.toMatchObject({ name: "StartError" });
    await expect(open({ value: null, file: path.join(dataDir, "none") })).rejects.toMatchObject({ name: "StartError" });
    await chmod(own, 0o600);
  });

  describe("rotation", () => {
    const columns = [{ table: "kept_secrets", key: "id", column: "sealed", purpose: "hub" }];
    const sealedNow = async () =>
      (await sql<{ sealed: string }>`select sealed from kept_secrets where id = 1`.execute(database.db)).rows[0]
        ?.sealed ?? "";

    async function prepare() {
      const current = await open();
      await sql`create table kept_secrets (id int primary key, sealed text)`.execute(database.db);
      await sql`insert into kept_secrets values (1, ${current.seal("hub", "secret")}), (2, null)`.execute(database.db);
      return current;
    }

    it("seals everything anew, and the next start has the new key", async () => {
      const current = await prepare();
      const { resealed } = await rotateSecretKey({ db: database.db, current, file: file(), columns });
      expect(resealed).toBe(1);
      const next = await open();
      expect(next.fingerprint).not.toBe(current.fingerprint);
      expect(next.open("hub", await sealedNow()).toString()).toBe("secret");
      await expect(rotateSecretKey({ db: database.db, current, file: null, columns })).rejects.toMatchObject({
        name: "StartError",
      });
    });

    it("that fails changes nothing; one killed after its commit is finished by the next start", async () => {
      const current = await prepare();
      const before = await sealedNow();
      const wrong = [...columns, { table: "no_such_table", key: "id", column: "x", purpose: "y" }];
      await expect(rotateSecretKey({ db: database.db, current, file: file(), columns: wrong })).rejects.toThrow();
      expect(await sealedNow()).toBe(before);
      expect((await open()).fingerprint).toBe(current.fingerprint);

      const oldKey = await readFile(file());
      await rotateSecretKey({ db: database.db, current, file: file(), columns });
      // As if the process had died between the commit and the renaming.
      await writeFile(`${file()}.new`, await readFile(file()));
      await writeFile(file(), oldKey);
      expect((await open()).open("hub", await sealedNow()).toString()).toBe("secret");
    });
  });
});
