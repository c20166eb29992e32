/**
 * Kills the server with SIGKILL at random moments, or cuts its connections to the database from the database's side,
 * while people upload, delete, restore, move, share, start, stop and work in a terminal and an old service is taken
 * over; then lets a judge compare an outside ledger with what is there. As root the server has its broker: either is
 * killed, and people's file agents are, too.
 * `--seed N` replays a run, `--rounds N` (50) sets its length. Exit code 0: no promise was broken.
 */
import { chmodSync, globSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../support/external-postgres.ts";
import { type PortalClient, signIn } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { actors } from "./actors.ts";
import { chooseFault, cutConnections, type Fault, killAgents, killServer } from "./faults.ts";
import { judge } from "./judge.ts";
import { judgeTheJudge } from "./judge-the-judge.ts";
import { Ledger } from "./ledger.ts";
import { seededRandom } from "./seeded-random.ts";
import {
  countStarts,
  type Mate,
  makeMates,
  makeOldService,
  makePlaces,
  makeWorkspace,
  startSession,
} from "./set-up.ts";
import type { Stage } from "./stage.ts";
import { attachTerminal } from "./terminal-client.ts";
import type { World } from "./world.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" }, rounds: { type: "string", default: "50" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const rounds = Number(values.rounds);
const SETTLE_MS = 45_000;

const outside = mkdtempSync(join(tmpdir(), "stoa-chaos-"));
// People's sessions come through, under their own accounts, to the file that they count themselves in.
chmodSync(outside, 0o711);
const ledger = new Ledger(join(outside, "ledger.jsonl"));
const random = seededRandom(seed);
const dataDir = newDataDir();
const port = await freePort();
console.log(`seed ${seed}, ${rounds} rounds, ledger ${outside}/ledger.jsonl`);

let stoa = await start();
const client: PortalClient = await signIn(stoa.url, "admin", stoa.adminPassword);
const mates = await makeMates(stoa.url);
const { places, sharedFiles } = await makePlaces(client);
const old = await makeOldService(outside, {
  HOME: outside,
  STOA_DATA_DIR: dataDir,
  STOA_PORT: String(port),
});
const startedFile = join(outside, "started.txt");
countStarts([`${dataDir}-home`, ...globSync(join(dataDir, "homes", "*"))], startedFile);
const keptId = await makeWorkspace(client, "kept");
const tickingJob = await startSession(client, keptId);
const typingJob = await startSession(client, keptId);
const world: World = {
  client,
  mates: mates.map(({ client: of }) => of),
  ledger,
  places,
  sharedFiles,
  dataDir,
  startedFile,
  importOver: false,
};
const broken: string[] = [];
let lastTick = 0;
let cut = 0;
let agentsKilled = 0;

const first = await attachTerminal(client, tickingJob);
first.type('i=0; while true; do i=$((i+1)); echo "tick $i."; sleep 0.05; done\n');
await first.see(/tick 3\.\r/);
first.close();

for (ledger.round = 1; ledger.round <= rounds; ledger.round += 1) {
  const fault = chooseFault(random);
  await round(fault);
  const found = await settle();
  broken.push(...found.map((text) => `round ${ledger.round}: ${text}`));
  console.log(`round ${ledger.round} (${fault}): ${found.length === 0 ? "agrees" : found.join("; ")}`);
}
broken.push(...(await finishImport()));
broken.push(...(await judgeTheJudge(world)));
const verification = await client.call("GET", "/api/stoa/v1/audit/verification");
if (verification.json.ok !== true) broken.push(`audit: ${verification.text}`);
await clearUp();
const acknowledged = ledger.lines.filter(({ stage, what }) => stage === "ack" && what !== "fault");
console.log(
  `${rounds} rounds, ${cut} connections cut, ${agentsKilled} agents killed, ${acknowledged.length} acknowledged actions (seed ${seed})`,
);
for (const text of broken) console.log(`  ${text}`);
console.log(`${rounds - new Set(broken.map((text) => text.split(":")[0])).size} passed, ${broken.length} failed`);
process.exit(broken.length === 0 ? 0 : 1);

async function round(fault: Fault): Promise<void> {
  const over = Promise.withResolvers<void>();
  let isOver = false;
  // Each takes as many shares as one person may offer another in a day.
  const mate = mates[ledger.round % mates.length] as Mate;
  const stage: Stage = {
    client,
    mate: mate.client,
    mateId: mate.id,
    ledger,
    places,
    keptJobs: new Set([tickingJob, typingJob]),
    old,
    stopped: () => isOver,
    over: over.promise,
  };
  const running = Object.entries(actors).map(async ([name, actor]) => {
    try {
      await actor(stage, random.fork());
    } catch (error) {
      // The connection of a killed server breaks; anything before the kill is a finding.
      if (isOver) return;
      const text = error instanceof Error ? error.message : String(error);
      broken.push(`round ${ledger.round}: ${name}: ${text}${logOf(text)}`);
    }
  });
  // Most soon, some so late that an import is in the middle of its files.
  const afterMs = random.next() < 0.65 ? random.between(20, 900) : random.between(1_000, 5_000);
  if (fault === "cut") cut += await cutConnections(dataDir, random.fork(), afterMs);
  else if (fault === "kill agents") agentsKilled += await killAgents(stoa, random.fork(), afterMs);
  else await sleep(afterMs);
  isOver = true;
  ledger.write({ what: "fault", stage: "ack", fault, afterMs });
  // A tool that found no server would start the database itself, and stand in the next server's way.
  over.resolve();
  const isRestart = fault === "kill" || fault === "kill broker";
  if (isRestart) await killServer(stoa, fault);
  await Promise.all(running);
  if (isRestart) stoa = await start();
}

/** What the server's log says of the request that an answer names. */
function logOf(answer: string): string {
  const id = /"request_id":"([^"]+)"/.exec(answer)?.[1];
  const lines =
    id === undefined
      ? []
      : stoa
          .output()
          .split("\n")
          .filter((line) => line.includes(id));
  return lines.map((line) => `\n    ${line}`).join("");
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

/** An import that nobody kills brings what all the killed ones did not. */
async function finishImport(): Promise<string[]> {
  const ended = await old.import().ended;
  for (const line of [...ledger.lines]) {
    if (line.what !== "thing" || line.kind !== "import" || line.stage !== "intend") continue;
    const { kind, name, state, sha256 } = line;
    ledger.write({ what: "thing", stage: "ack", kind, name, state, sha256 });
  }
  world.importOver = true;
  const found = ended === "done" ? await judge(world) : [`import ${ended}`];
  return found.map((text) => `the last import: ${text}`);
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

function start(): Promise<StoaProcess> {
  return startStoa({
    dataDir,
    env: {
      STOA_PORT: String(port),
      STOA_REQUESTS_PER_MINUTE: "0",
      STOA_SESSIONS_PER_PERSON: "1000",
      STOA_LOG_LEVEL: "warn",
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
