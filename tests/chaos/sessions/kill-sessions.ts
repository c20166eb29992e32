/**
 * Kills the server, a session host, or both at one moment, with SIGKILL and at random moments, while people start,
 * extend and stop sessions of every kind; then compares what was acknowledged, what is written down and what runs.
 * `--faults server|host|both|all` (all: in turn), `--seed N`, `--rounds N` (50), `--isolation` (auto: as it comes). Exit code 0: no promise was broken.
 */
import { globSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../support/external-postgres.ts";
import { signIn } from "../../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../../support/stoa-process.ts";
import { Ledger } from "../ledger.ts";
import { seededRandom } from "../seeded-random.ts";
import { makeWorkspace } from "../set-up.ts";
import { readBooks } from "./books.ts";
import { BASHRC } from "./programs.ts";
import { lookAround } from "./reality.ts";
import { order, type SessionStage, starter, stopper } from "./session-actors.ts";
import { SESSION_FAULTS, type SessionFault, strike } from "./session-faults.ts";
import type { SessionLine } from "./session-ledger.ts";
import { judgeSessions } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seed: { type: "string" },
    rounds: { type: "string", default: "50" },
    faults: { type: "string", default: "all" },
    isolation: { type: "string", default: "auto" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const rounds = Number(values.rounds);
const faults = SESSION_FAULTS.filter((fault) => values.faults === "all" || values.faults === fault);
if (faults.length === 0) throw new Error(`--faults is one of ${SESSION_FAULTS.join(", ")}, all`);
/** As long as people would wait: TERM, the grace, KILL, and what waits for a heartbeat. */
const SETTLE_MS = 45_000;
const WORKSPACES = 4;

const outside = mkdtempSync(join(tmpdir(), "stoa-chaos-"));
const ledger = new Ledger<SessionLine>(join(outside, "ledger.jsonl"));
const random = seededRandom(seed);
const dataDir = newDataDir();
const port = await freePort();
console.log(`seed ${seed}, ${rounds} rounds of ${faults.join(", ")}, ledger ${outside}/ledger.jsonl`);

let stoa = await start();
const client = await signIn(stoa.url, "admin", stoa.adminPassword);
const workspaces: number[] = [];
for (let n = 1; n <= WORKSPACES; n += 1) workspaces.push(await makeWorkspace(client, `sessions-${n}`));
for (const home of [`${dataDir}-home`, ...globSync(join(dataDir, "homes", "*"))]) {
  writeFileSync(join(home, ".bashrc"), BASHRC);
}
const broken: string[] = [];
const failedRounds = new Set<number>();
/** What stays wrong is one finding. */
const told = new Set<string>();

for (ledger.round = 1; ledger.round <= rounds; ledger.round += 1) {
  const fault = faults[ledger.round % faults.length] as SessionFault;
  const found = [...(await round(fault)), ...(await settle())];
  if (found.length > 0) failedRounds.add(ledger.round);
  broken.push(...found.map((text) => `round ${ledger.round} (${fault}): ${text}`));
  console.log(`round ${ledger.round} (${fault}): ${found.length === 0 ? "agrees" : found.join("; ")}`);
}
const kills = ledger.lines.filter(({ what }) => what === "kill").length;
const count = (what: SessionLine["what"]) =>
  ledger.lines.filter((line) => line.what === what && "stage" in line && line.stage === "ack").length;
const { rows } = await readBooks(dataDir);
await clearUp();
console.log(
  `${rounds} moments of ${faults.join(", ")}: ${kills} processes killed, ${count("start")} starts, ` +
    `${count("stop")} stops and ${count("extend")} extensions acknowledged, ${rows.length} sessions (seed ${seed})`,
);
console.log(`how they ended: ${endsOf(rows.map(({ status, reason }) => `${status}: ${reason ?? ""}`))}`);
for (const text of broken) console.log(`  ${text}`);
console.log(`${rounds - failedRounds.size} passed, ${broken.length} broken promises`);
process.exit(broken.length === 0 ? 0 : 1);

/** @returns what went wrong before the blow */
async function round(fault: SessionFault): Promise<string[]> {
  let isOver = false;
  const stage: SessionStage = { client, ledger, workspaces, stopped: () => isOver };
  const found: string[] = [];
  const running = [starter, starter, stopper].map(async (actor) => {
    try {
      await actor(stage, random.fork());
    } catch (error) {
      // The connection of a killed server breaks.
      if (!isOver) found.push(`${actor.name}: ${error instanceof Error ? error.message : error}`);
    }
  });
  await sleep(random.next() < 0.6 ? random.between(20, 900) : random.between(900, 3_000));
  isOver = fault !== "host";
  const isGone = await strike(fault, stoa, ledger, random);
  // People go on for a while where the server does.
  if (!isGone) await sleep(random.between(0, 500));
  isOver = true;
  await Promise.all(running);
  if (isGone) stoa = await start();
  await askAgain(stage);
  return found;
}

/** Half of the calls that were cut off are repeated: with the same key they start nothing twice. */
async function askAgain(stage: SessionStage): Promise<void> {
  const lines = ledger.lines.filter((line) => line.what === "start" && line.round === ledger.round);
  const answered = new Set(
    lines.flatMap((line) => (line.what === "start" && line.stage === "ack" ? line.order.key : [])),
  );
  const open = new Map(lines.flatMap((line) => (line.what === "start" ? [[line.order.key, line.order]] : [])));
  for (const [key, what] of open) if (!answered.has(key) && random.next() < 0.5) await order(stage, what);
}

/**
 * Waits for agreement. What still disagrees at the end of the time is a finding, if it has for long: sessions go on
 * ending by themselves meanwhile, and an end takes seconds.
 */
async function settle(): Promise<string[]> {
  const until = Date.now() + SETTLE_MS;
  let since = new Map<string, number>();
  for (;;) {
    const now = Date.now();
    const texts = (await disagreements()).filter((text) => !told.has(text));
    since = new Map(texts.map((text) => [text, since.get(text) ?? now]));
    const old = texts.filter((text) => now - (since.get(text) ?? now) > SETTLE_MS / 2);
    if (texts.length === 0 || (now > until && old.length === texts.length)) {
      for (const text of texts) told.add(text);
      return texts;
    }
    await sleep(400);
  }
}

async function disagreements(): Promise<string[]> {
  // Reality first: what the books say after it can only be later.
  const extended = ledger.lines.flatMap((line) => (line.what === "extend" ? line.jobId : []));
  const reality = await lookAround(dataDir, [...new Set(extended)]);
  return judgeSessions(ledger.lines, await readBooks(dataDir), reality);
}

function start(): Promise<StoaProcess> {
  return startStoa({
    dataDir,
    main: join(import.meta.dirname, "stoa-with-chaos-programs.ts"),
    env: {
      STOA_PORT: String(port),
      STOA_REQUESTS_PER_MINUTE: "0",
      STOA_SESSIONS_PER_PERSON: "1000",
      STOA_SESSION_MEMORY_CHECK: "off",
      STOA_LOCAL_ISOLATION: values.isolation,
      STOA_LOG_LEVEL: "warn",
      SHELL: "/bin/bash",
    },
  });
}

async function clearUp(): Promise<void> {
  const jobs = (await client.call("GET", "/jobs/?status=running")).json.data.jobs as { id: number }[];
  for (const job of jobs) await client.call("PUT", `/jobs/${job.id}/stop/`);
  await sleep(7_000);
  ledger.close();
  await discard(stoa);
}

function endsOf(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, times]) => `${times} × ${text}`).join(" · ");
}
