import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clusterLayout } from "./platform/database/embedded/layout.ts";
import { runningPostmaster } from "./platform/database/embedded/orphan.ts";
import { lendPrograms } from "./testing/lent-programs.ts";
import { temporaryDataDir } from "./testing/spawn-embedded.ts";

let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
beforeEach(async () => {
  directory = await temporaryDataDir();
  lendPrograms(directory.path);
});
afterEach(() => directory.remove());

/** The real server, as `npm start` runs it. */
function spawnServer() {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "main.ts")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      STOA_PORT: "0",
      STOA_DATA_DIR: directory.path,
      STOA_LOCAL_ISOLATION: "none",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return { child, output: () => output };
}

test.each([
  ["SIGTERM", "server.lock"],
  ["SIGTERM", "postgres/data/postmaster.pid"],
  ["SIGINT", "postgres/data/postmaster.pid"],
] as const)("%s as soon as %s is there: ended in order, PostgreSQL and lock gone", async (signal, file) => {
  const { child, output } = spawnServer();
  const exited = once(child, "exit");
  await expect.poll(() => existsSync(path.join(directory.path, file)), { interval: 2, timeout: 30_000 }).toBe(true);
  child.kill(signal);
  expect([await exited, output()]).toEqual([[0, null], expect.not.stringContaining("Stoa is ready")]);
  expect(await runningPostmaster(clusterLayout(directory.path))).toBeNull();
  expect(existsSync(path.join(directory.path, "server.lock"))).toBe(false);
  expect(existsSync(path.join(directory.path, "postgres/data/postmaster.pid"))).toBe(false);
});
