import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testUidRange } from "../../packages/server/src/platform/processes/testing-broker.ts";
import { send } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const API_KEY = "a key of these tests";
const range = testUidRange();

let stoa: StoaProcess;
let base: string;
const hub = (method: string, path: string, body?: unknown) =>
  send(`${stoa.url}/api/v1${path}`, method, body, { "X-API-Key": API_KEY });
const ownership = (path: string) => {
  const { uid, gid, mode } = statSync(path);
  return [uid, gid, mode & 0o777];
};

/** Only root has a broker; CI runs as root. */
describe.runIf(process.getuid?.() === 0)("storage behind a broker", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    const dataDir = newDataDir();
    base = join(dataDir, "storage");
    const env = { API_KEY, STOA_BROKER: "on", STOA_UID_RANGE: `${range.first}-${range.last}`, STORAGE_UID: "1234" };
    stoa = await startStoa({ dataDir, env });
  }, 90_000);
  afterAll(() => discard(stoa), 60_000);

  it("makes directories that are not the server's, in a base that it can't look into", async () => {
    expect((await hub("POST", "/users/", { name: "ada", quota: 2 ** 20 })).status).toBe(204);
    expect((await hub("POST", "/groups/", { name: "lab" })).status).toBe(204);
    await expect.poll(() => existsSync(join(base, "ada")) && existsSync(join(base, "groups/lab"))).toBe(true);
    await expect.poll(() => ownership(join(base, "ada"))).toEqual([1234, 1000, 0o770]);
    expect(ownership(base)).toEqual([0, 0, 0o711]);
    const as = ["--reuid", "stoa-server", "--regid", "stoa-server", "--clear-groups", "--"];
    for (const folder of [base, join(base, "ada")]) {
      expect(() => execFileSync("setpriv", [...as, "ls", folder], { stdio: "pipe" }), folder).toThrow();
    }
    expect((await hub("GET", "/users/ada")).json).toMatchObject({ name: "ada", quota: 2 ** 20 });
  });

  it("throws a directory away whole, and what a link in it leads to stays", async () => {
    expect((await hub("POST", "/users/", { name: "eve" })).status).toBe(204);
    await expect.poll(() => existsSync(join(base, "eve"))).toBe(true);
    writeFileSync(join(base, "eve/hers"), "x");
    symlinkSync("/etc", join(base, "eve/etc"));
    expect((await hub("DELETE", "/users/eve")).status).toBe(204);
    await expect.poll(() => existsSync(join(base, "eve"))).toBe(false);
    const entries = readdirSync(join(base, ".stoa-trash"));
    expect(entries.map((entry) => readdirSync(join(base, ".stoa-trash", entry)).toSorted())).toEqual([["etc", "hers"]]);
    expect(ownership(join(base, ".stoa-trash")).slice(0, 2)).toEqual([0, 0]);
    expect(readFileSync("/etc/passwd", "utf8")).toContain("root:");
    // Changes are told of with their names, and nothing that a command printed.
    expect(stoa.output()).toMatch(/"storage":"\{\\"do\\":\\"move\\"/);
  });
});
