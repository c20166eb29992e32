import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findEmbeddedPostgres } from "../../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import type { StoaProcess } from "../support/stoa-process.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Whose death a round brings. Without root there is no broker: the one process is the server. */
export type Fault = "cut" | "kill" | "kill broker" | "kill agents";

/** Of a seed the same ones, root or not. */
export function chooseFault(random: SeededRandom): Fault {
  const draw = random.next();
  const fault = draw < 0.3 ? "cut" : draw < 0.45 ? "kill agents" : draw < 0.65 ? "kill broker" : "kill";
  return fault === "cut" || process.getuid?.() === 0 ? fault : "kill";
}

/** Kills the server, or its broker; resolves when both are gone, or the other will see for itself that it is alone. */
export async function killServer(stoa: StoaProcess, fault: Fault): Promise<void> {
  const pid = fault === "kill broker" ? stoa.pid : stoa.serverPid();
  process.kill(pid, "SIGKILL");
  await stoa.ended;
}

const AGENT = "file-work/agent/main.ts";

/** Kills people's file agents at random for so long, the server lives. @returns how many */
export async function killAgents(stoa: StoaProcess, random: SeededRandom, forMs: number): Promise<number> {
  let killed = 0;
  for (const until = Date.now() + forMs; Date.now() < until; await sleep(random.between(20, 400))) {
    for (const pid of stoa.children()) {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(AGENT)) continue;
        process.kill(pid, "SIGKILL");
        killed += 1;
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  return killed;
}

/**
 * Ends connections to the database at random, from its side, for so long: the server's and those of tools. What was
 * under way in them is rolled back, or was committed without anybody hearing of it.
 * @returns how many were cut
 */
export async function cutConnections(dataDir: string, random: SeededRandom, forMs: number): Promise<number> {
  const found = await findEmbeddedPostgres(dataDir);
  if (found === null) throw new Error("no database runs in the data directory");
  const client = new pg.Client({ connectionString: found.url, application_name: "chaos" });
  await client.connect();
  let cut = 0;
  try {
    for (const until = Date.now() + forMs; Date.now() < until; await sleep(random.between(2, 120))) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'stoa%' and random() < $1`,
        [random.pick([0.1, 0.5, 1])],
      );
      cut += rowCount ?? 0;
    }
    return cut;
  } finally {
    await client.end();
  }
}
