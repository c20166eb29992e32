import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testConfig } from "@stoa/server/testing/test-platform.ts";
import { afterAll, expect, it } from "vitest";
import { storageCheck } from "./storage-check.ts";

const directory = mkdtempSync(join(tmpdir(), "stoa-doctor-storage-"));
afterAll(() => rmSync(directory, { recursive: true }));

function check(changes: object) {
  const config = testConfig();
  return storageCheck({ dataDir: directory, storage: { ...config.storage, ...changes } });
}

it("tells what storage stands on", async () => {
  expect(await check({ basePath: directory })).toMatchObject({
    ...{ name: "storage", state: "ok", found: expect.stringMatching(/^directories below \S+, on \w+ at \//) },
  });
});

it("makes nothing where the first start will", async () => {
  expect(await check({ basePath: null })).toMatchObject({ state: "ok", found: expect.stringContaining("none yet") });
  expect(await check({ basePath: null })).toMatchObject({ state: "ok", found: expect.stringContaining("none yet") });
});

it.each([
  ["is not there", "missing", /missing is not there/],
  ["is a file", "file", /file is no directory/],
])("says that the base %s", async (_what, name, found) => {
  writeFileSync(join(directory, "file"), "");
  expect(await check({ basePath: join(directory, name) })).toMatchObject({
    ...{ state: "fail", found: expect.stringMatching(found), fix: expect.stringContaining("STORAGE_BASE_PATH") },
  });
});

it("says that a dataset can't be read, and asks no other machine", async () => {
  expect(await check({ backend: "zfs", basePath: "no-such-pool/home" })).toMatchObject({
    ...{ state: "fail", found: expect.stringContaining("no-such-pool/home can't be read: ") },
  });
  const ssh = { target: "root@files.example.org", keyFile: "/nowhere", hostKey: "none" };
  expect(await check({ basePath: "/srv/home", ssh })).toMatchObject({ state: "ok" });
});
