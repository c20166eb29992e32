import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Config } from "../../config/schema.ts";
import { StartError } from "../../platform/errors/start-error.ts";
import { testConfig } from "../../testing/test-platform.ts";
import type { StorageHost, StorageRequest } from "./contract.ts";
import { mayOwnBy } from "./may-own.ts";
import { openOwnHost, openStorageHost, storageBase } from "./open-host.ts";

const log = pino({ level: "silent" });
const LIST: StorageRequest = { do: "list", place: { kind: "base" } };
const { storage, processes } = testConfig();
const NO_SSH = { target: null, keyFile: null, hostKey: null };

let dataDir: string;
let host: StorageHost | null = null;
beforeEach(() => {
  dataDir = realpathSync(mkdtempSync(path.join(tmpdir(), "stoa-open-host-")));
});
afterEach(async () => {
  await host?.close();
  host = null;
  rmSync(dataDir, { recursive: true, force: true });
});

function configWith(changes: Partial<Config["storage"]>): Pick<Config, "dataDir" | "storage"> {
  return { dataDir, storage: { ...storage, ssh: NO_SSH, basePath: null, ...changes } };
}

test("the base in the data directory is made, for all to pass and none to look about", async () => {
  const config = configWith({});
  host = await openStorageHost(config, { log, link: null });
  const base = storageBase(config);
  expect([base, statSync(base).mode & 0o7777]).toEqual([path.join(dataDir, "storage"), 0o711]);
  expect(await host.run(LIST)).toMatchObject({ code: 0, out: "" });
  writeFileSync(path.join(base, "a"), "");
  await openStorageHost(config, { log, link: null });
  expect((await host.run(LIST)).out).toContain("a\0");
});

test("a base that somebody named is never made, and one that is gone is the command's failure", async () => {
  const config = configWith({ basePath: path.join(dataDir, "named") });
  host = await openStorageHost(config, { log, link: null });
  const { code, err } = await host.run(LIST);
  expect([code, err]).toEqual([1, expect.stringContaining("No such file or directory")]);
  mkdirSync(path.join(dataDir, "named"));
  expect(await host.run(LIST)).toMatchObject({ code: 0 });
});

test("behind a broker it is the broker's: nothing is made or read here", async () => {
  const asked: unknown[] = [];
  const link = {
    ask: async (verb: { readonly verb: string }) => {
      asked.push(verb.verb);
      return { kind: "answer", code: 0, out: "its own", err: "" } as never;
    },
    ended: () => Promise.reject(new Error("nothing was started")),
  };
  const ssh = { target: "root@files", keyFile: "/nonexistent/key", hostKey: "none" };
  host = await openStorageHost(configWith({ ssh }), { log, link });
  expect([(await host.run(LIST)).out, asked]).toEqual(["its own", ["storage"]]);
});

test("a storage host whose key can't be used stops the start", async () => {
  const ssh = { target: "root@files", keyFile: path.join(dataDir, "none"), hostKey: `ssh-ed25519 ${"A".repeat(68)}` };
  await expect(openOwnHost(configWith({ ssh, basePath: "/srv" }), { log })).rejects.toThrow(StartError);
  await expect(openOwnHost(configWith({ ssh: { ...ssh, keyFile: null } }), { log })).rejects.toThrow(
    "STORAGE_SSH_KEY_FILE",
  );
});

test("a broker lets directories be given to whom the settings name, and to people's and groups' own numbers", () => {
  const mayOwn = mayOwnBy({ storage, processes });
  const { first, last } = processes.uidRange;
  const { uid, gid } = storage;
  const tried = [
    [uid, gid],
    [first, gid],
    [uid, last],
    [last, last],
    [0, gid],
    [uid, 0],
    [first - 1, gid],
    [uid, last + 1],
    [uid + 1, gid],
  ] as const;
  expect(tried.map(([u, g]) => mayOwn({ uid: u, gid: g }))).toEqual([true, true, true, true, ...Array(5).fill(false)]);
});
