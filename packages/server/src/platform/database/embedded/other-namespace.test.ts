import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lendPrograms } from "../../../testing/lent-programs.ts";
import { temporaryDataDir } from "../../../testing/spawn-embedded.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

const canUnshare = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;
let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
beforeAll(async () => {
  directory = await temporaryDataDir();
  lendPrograms(directory.path);
});
afterAll(() => directory.remove());

/** Of other namespaces, by their numbers in ours. */
function processesOf(isIt: (words: readonly string[]) => boolean): number[] {
  const ours = readlinkSync("/proc/self/ns/pid");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return isIt(words) && readlinkSync(`/proc/${pid}/ns/pid`) !== ours;
      } catch {
        return false;
      }
    })
    .map(Number);
}

test.runIf(canUnshare)(
  "a server killed in another pid namespace, whose PostgreSQL lives on: refused, not joined",
  async () => {
    const script = path.join(import.meta.dirname, "../../../testing/embedded-server.ts");
    // The shell is that namespace's first process, and keeps it when node is killed.
    const command = `"${process.execPath}" "${script}" "${directory.path}" & wait; exec sleep 60`;
    const other = spawn("unshare", ["--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", command], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [line] = await once(createInterface(other.stdout), "line");
      const { url } = JSON.parse(String(line));
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const [server] = processesOf((words) => words.includes(script));
      if (server === undefined) throw new Error("the other server can't be seen from here");
      process.kill(server, "SIGKILL");
      const start = () => startEmbeddedPostgres({ dataDir: directory.path, log: pino({ level: "silent" }) });
      await expect(start()).rejects.toMatchObject({
        name: "StartError",
        message: expect.stringContaining("another container"),
      });
      expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
      await client.end();
    } finally {
      other.kill("SIGKILL");
    }
    // With its first process all of that namespace end, each in its time.
    await expect.poll(() => processesOf((words) => words.some((word) => word.includes(directory.path)))).toEqual([]);
    // As an operator would who knows that it is over; else the next start waits its ten seconds again.
    await rm(path.join(directory.path, "server.lock"));
    await (await startEmbeddedPostgres({ dataDir: directory.path, log: pino({ level: "silent" }) })).stop();
  },
  60_000,
);
