import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isRunning, type ProcessIdentity } from "@stoa/server/platform/database/process-identity.ts";
import { createGround, type Ground } from "@stoa/server/sessions/test-ground.ts";
import { startSessions } from "@stoa/server/sessions/test-sessions-server.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandLine } from "./testing/remembering-terminal.ts";

let ground: Ground;
let line: CommandLine;
beforeAll(async () => {
  ground = await createGround();
  line = new CommandLine({ DATABASE_URL: ground.database.url, STOA_DATA_DIR: ground.dataDir });
});
afterAll(async () => {
  line.remove();
  await ground.clear();
});

const identity = (jobId: number): ProcessIdentity =>
  JSON.parse(readFileSync(`${ground.dataDir}/run/sessions/${jobId}/host.json`, "utf8"));

it("restore --replace ends sessions; new ones take their numbers and not their folders", async () => {
  const before = await startSessions(ground, { localIsolation: "none" });
  const inBackup = await before.begin("terminal");
  await before.until(inBackup.jobId, "running");
  // The backup is not of this minute: until then another server might hold the place.
  await ground.database.pool.query("update session_places set seen_at = now() - interval '1 hour'");
  expect((await line.run("backup", "all.stoa")).err).toBe("");
  const since = await before.begin("terminal");
  await before.until(since.jobId, "running");
  const tab = before.terminal(since.jobId);
  tab.type("echo secret-$((40 + 2))\n");
  await tab.until("secret-42");
  const hosts = [identity(inBackup.jobId), identity(since.jobId)];
  await before.stop();
  expect(hosts.map(isRunning)).toEqual([true, true]);

  const restored = await line.run("restore", "--replace", "--yes", "all.stoa");
  expect(restored, restored.err).toMatchObject({ code: 0, out: expect.stringContaining("Personal access tokens") });
  expect(restored.out).toContain("run/sessions.before-restore-");
  await expect.poll(() => hosts.map(isRunning)).toEqual([false, false]);

  const after = await startSessions(ground, { localIsolation: "none" });
  try {
    expect(await after.until(inBackup.jobId, "failed")).toBeDefined();
    const anew = await after.begin("terminal");
    expect(anew.jobId).toBe(since.jobId);
    await after.until(anew.jobId, "running");
    const log = await after.call("GET", `/api/stoa/v1/sessions/${anew.jobId}/log?offset=0`);
    expect(JSON.stringify(log.body)).not.toContain("secret-42");
    const aside = readdirSync(`${ground.dataDir}/run`).find((name) => name.includes(".before-restore-")) ?? "";
    expect(existsSync(`${ground.dataDir}/run/${aside}/${since.jobId}/exit.json`)).toBe(true);
  } finally {
    await after.stop();
  }
});
