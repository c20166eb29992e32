/**
 * Kills the server with SIGKILL at random moments while people upload, make, delete, start, stop and work in a
 * terminal, starts it again, and lets a judge compare an outside ledger with what is there.
 * `--seed N` replays a run, `--rounds N` (50) sets its length. Exit code 0: no promise was broken.
 */
import { appendFileSync, copyFileSync, globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../support/external-postgres.ts";
import { type PortalClient, signIn } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { actors } from "./actors.ts";
import { judge, type World } from "./judge.ts";
import { Ledger } from "./ledger.ts";
import { seededRandom } from "./seeded-random.ts";
import { attachTerminal } from "./terminal-client.ts";

const { values } = parseArgs({ options: { seed: { type: "string" }, rounds: { type: "string", default: "50" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const rounds = Number(values.rounds);
const SETTLE_MS = 45_000;

const outside = mkdtempSync(join(tmpdir(), "stoa-chaos-"));
const shell = join(outside, "counting-shell.sh");
copyFileSync(join(import.meta.dirname, "counting-shell.sh"), shell);
const ledger = new Ledger(join(outside, "ledger.jsonl"));
const random = seededRandom(seed);
const dataDir = newDataDir();
const port = await freePort();
console.log(`seed ${seed}, ${rounds} rounds, ledger ${outside}/ledger.jsonl`);

let stoa = await start();
const client: PortalClient = await signIn(stoa.url, "admin", stoa.adminPassword);
const uploadsId = await makeWorkspace("uploads");
const playgroundIds = [await makeWorkspace("play-1"), await makeWorkspace("play-2")];
const keptId = await makeWorkspace("kept");
const tickingJob = await startSession(keptId);
const typingJob = await startSession(keptId);
const world: World = { client, ledger, uploadsId, dataDir, startedFile: join(outside, "started.txt") };
const broken: string[] = [];
let lastTick = 0;

await whenRunning(tickingJob);
const first = await attachTerminal(client, tickingJob);
first.type('i=0; while true; do i=$((i+1)); echo "tick $i."; sleep 0.05; done\n');
await first.see(/tick 3\.\r/);
first.close();

for (ledger.round = 1; ledger.round <= rounds; ledger.round += 1) {
  await round();
  const found = await settle();
  broken.push(...found.map((text) => `round ${ledger.round}: ${text}`));
  console.log(`round ${ledger.round}: ${found.length === 0 ? "agrees" : found.join("; ")}`);
}
broken.push(...(await judgeTheJudge()));
const verification = await client.call("GET", "/api/stoa/v1/audit/verification");
if (verification.json.ok !== true) broken.push(`audit: ${verification.text}`);
await clearUp();
const acknowledged = ledger.lines.filter((line) => line.stage === "ack" && line.what !== "kill").length;
console.log(`${rounds} kills, ${acknowledged} acknowledged actions, ${broken.length} broken promises (seed ${seed})`);
for (const text of broken) console.log(`  ${text}`);
console.log(`${rounds - new Set(broken.map((text) => text.split(":")[0])).size} passed, ${broken.length} failed`);
process.exit(broken.length === 0 ? 0 : 1);

async function round(): Promise<void> {
  let over = false;
  const stage = {
    client,
    ledger,
    uploadsId,
    playgroundIds,
    keptJobs: new Set([tickingJob, typingJob]),
    stopped: () => over,
  };
  const running = Object.entries(actors).map(async ([name, actor]) => {
    try {
      await actor(stage, random.fork());
    } catch (error) {
      // The connection of a killed server breaks; anything before the kill is a finding.
      if (!over) broken.push(`round ${ledger.round}: ${name}: ${error instanceof Error ? error.message : error}`);
    }
  });
  const afterMs = random.between(20, 900);
  await sleep(afterMs);
  over = true;
  ledger.write({ what: "kill", stage: "ack", afterMs });
  await stoa.kill();
  await Promise.all(running);
  stoa = await start();
}

/** Waits for agreement; what still disagrees at the end of the time is a finding. */
async function settle(): Promise<string[]> {
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    const found = [...(await judge(world)), ...(await judgeTerminals())];
    if (found.length === 0 || Date.now() > until) return found;
    await sleep(500);
  }
}

/** The one terminal shows what was printed meanwhile, without a gap; the other still takes what is typed. */
async function judgeTerminals(): Promise<string[]> {
  const found: string[] = [];
  try {
    const ticking = await attachTerminal(client, tickingJob);
    await ticking.see(new RegExp(`tick ${lastTick + 1}\\.\\r`), 5_000);
    const ticks = [...ticking.text().matchAll(/tick (\d+)\.\r/g)].map((match) => Number(match[1]));
    ticking.close();
    const gap = ticks.find((tick, index) => index > 0 && tick !== (ticks[index - 1] as number) + 1);
    if (gap !== undefined) found.push(`the terminal has a gap before tick ${gap}`);
    lastTick = ticks.at(-1) ?? lastTick;
    const typing = await attachTerminal(client, typingJob);
    const number = random.between(1000, 9999);
    typing.type(`echo typed-$((${number}+1))\n`);
    await typing.see(new RegExp(`typed-${number + 1}`), 5_000);
    typing.close();
  } catch (error) {
    found.push(error instanceof Error ? error.message : String(error));
  }
  return found;
}

/** Breaks a promise of each kind by hand, outside of Stoa: a judge that does not notice is worth nothing. */
async function judgeTheJudge(): Promise<string[]> {
  const files = globSync(join(dataDir, "workspaces", "*", String(uploadsId), "file-*.bin"));
  const notes = globSync(join(dataDir, "workspaces", "*", "*", "note.txt"));
  writeFileSync(files[0] as string, "not what was acknowledged");
  writeFileSync(notes[0] as string, "another note");
  appendFileSync(world.startedFile, `${readFileSync(world.startedFile, "utf8").split("\n")[0]}\n`);
  const found = await judge(world);
  return [/was never acknowledged/, /has lost its note/, /was started 2 times/]
    .filter((pattern) => !found.some((text) => pattern.test(text)))
    .map((pattern) => `judge: it did not notice what ${pattern} should say`);
}

function start(): Promise<StoaProcess> {
  return startStoa({
    dataDir,
    env: {
      STOA_PORT: String(port),
      SHELL: shell,
      STOA_REQUESTS_PER_MINUTE: "0",
      STOA_SESSIONS_PER_PERSON: "1000",
      STOA_LOG_LEVEL: "warn",
    },
  });
}

async function makeWorkspace(name: string): Promise<number> {
  const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: {} });
  if (made.status !== 200) throw new Error(made.text);
  return made.json.data.workspace.id;
}

async function startSession(workspaceId: number): Promise<number> {
  const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "terminal" });
  if (started.status !== 200) throw new Error(started.text);
  return started.json.data.job.id;
}

async function whenRunning(jobId: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await client.call("GET", `/jobs/${jobId}/`)).json.data.jobs[0].status === "running") return;
    await sleep(100);
  }
  throw new Error(`session ${jobId} does not run`);
}

async function clearUp(): Promise<void> {
  const jobs = (await client.call("GET", "/jobs/?status=running")).json.data.jobs as { id: number }[];
  for (const job of jobs) await client.call("PUT", `/jobs/${job.id}/stop/`);
  await sleep(7_000);
  ledger.close();
  await discard(stoa);
}
