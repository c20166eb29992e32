/**
 * Twenty people start and stop their servers all the time, while a proxy between Stoa and a real JupyterHub breaks calls
 * (drops, delays, corrupts, cuts) and hub and Stoa are killed with SIGKILL at random. A ledger outside of Stoa holds what
 * was done and what the spawner has started; a judge compares it with what people were told. `--seed N` replays a run,
 * `--minutes N` (10) sets its length. Exit code 0: no promise was broken, and the judge caught what was broken on purpose.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../support/external-postgres.ts";
import { jupyterHub } from "../../support/jupyter-peers.ts";
import { accessToken, send } from "../../support/portal-client.ts";
import { discard, newDataDir, startStoa } from "../../support/stoa-process.ts";
import { Ledger } from "../ledger.ts";
import { seededRandom } from "../seeded-random.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { createChaosHub } from "./hub-process.ts";
import type { LaunchLine } from "./launch-ledger.ts";
import { judgeLaunches } from "./launch-verdict.ts";
import { ask, type LaunchWorld, launch, type Person, press } from "./people.ts";
import { watchProcesses } from "./processes.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" }, minutes: { type: "string", default: "10" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const minutes = Number(values.minutes);
const PEOPLE = 20;
/** Ways in which the ledger is falsified to try the judge. */
const FORGED = 5;
const BUDGET_SECONDS = 45;
const PATIENCE_MS = 150_000;
const PASSWORD = "correct horse battery";

const outside = mkdtempSync(join(tmpdir(), "stoa-launch-chaos-"));
const base = join(outside, "hub");
mkdirSync(base);
const ledger = new Ledger<LaunchLine>(join(outside, "ledger.jsonl"));
const random = seededRandom(seed);
const folder = jupyterHub(5);
if (folder === null)
  throw new Error("a JupyterHub 5 is needed: STOA_PEERS=required npm run test:chaos -- --only launches");
const [port, ...hubPorts] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
const hub = createChaosHub(folder, base, hubPorts, "chaos-".padEnd(32, "t"));
const proxy = await startFaultProxy(hub.url, ledger, random.fork());
const watch = watchProcesses(base, ledger);
console.log(`seed ${seed}, ${minutes} minutes, ledger ${outside}/ledger.jsonl`);

await hub.start();
const dataDir = newDataDir();
const env = {
  STOA_PORT: String(port),
  STOA_REQUESTS_PER_MINUTE: "0",
  STOA_LOG_LEVEL: "warn",
  JUPYTERHUB_API_URL: `${proxy.url}/hub/api`,
  JUPYTERHUB_API_TOKEN: hub.token,
  JUPYTERHUB_TIMEOUT: "3s",
  JUPYTERHUB_ATTEMPTS: "2",
  JUPYTERHUB_LAUNCH_TIMEOUT: `${BUDGET_SECONDS}s`,
};
const start = () => startStoa({ dataDir, env });
let stoa = await start();
const world: LaunchWorld = { url: () => stoa.url, base, ledger, patienceMs: PATIENCE_MS };
const people = await makePeople();

proxy.share = 0.12;
const abort = new AbortController();
const looking = setInterval(() => watch.look(), 100);
const pressing = people.map((person) => press(world, person, random.fork(), abort.signal));
const kills = { hub: 0, stoa: 0 };
for (const until = Date.now() + minutes * 60_000; Date.now() < until; ) {
  await sleep(random.between(8_000, 25_000));
  if (random.next() < 0.5) await killHub();
  else await killStoa();
}
proxy.share = 0;
abort.abort();
await Promise.all(pressing);
await settle();
clearInterval(looking);
watch.look();

const broken = judgeLaunches(ledger.lines, BUDGET_SECONDS * 1_000);
for (const what of broken.slice(0, 50)) console.log(`BROKEN: ${what}`);
const caught = judgeTheJudge();
report();
ledger.close();
await discard(stoa);
await proxy.close();
await hub.end();
if (broken.length === 0 && caught === FORGED) rmSync(outside, { recursive: true, force: true });
else process.exitCode = 1;

async function makePeople(): Promise<Person[]> {
  return Promise.all(
    Array.from({ length: PEOPLE }, async (_, index) => {
      const name = `person-${index}`;
      const body = { username: name, full_name: name, email: `${name}@example.org`, password: PASSWORD };
      const made = await send(`${stoa.url}/api/register`, "POST", body);
      if (made.status !== 201) throw new Error(made.text);
      return { name, token: await accessToken(stoa.url, name, PASSWORD) };
    }),
  );
}

/**
 * What the hub had not yet noted as there ends with it, as in a container or a unit: it would know nothing of it
 * afterwards, and whatever asks for a server gets another one beside it. The rest lives on.
 */
async function killHub(): Promise<void> {
  kills.hub += 1;
  const kept = await hub.ready();
  ledger.write({ what: "hub", up: false, when: Date.now() });
  await hub.kill();
  for (const { pid, user } of hub.processes()) {
    if (kept.has(user)) continue;
    process.kill(pid, "SIGKILL");
    ledger.write({ what: "server-killed", user, when: Date.now() });
  }
  await sleep(random.between(0, 4_000));
  await hub.start();
  ledger.write({ what: "hub", up: true, when: Date.now() });
}

async function killStoa(): Promise<void> {
  kills.stoa += 1;
  ledger.write({ what: "stoa", up: false, when: Date.now() });
  await stoa.kill();
  await sleep(random.between(0, 1_500));
  stoa = await start();
  ledger.write({ what: "stoa", up: true, when: Date.now() });
}

/** Nothing is broken any more: everybody gets in, and Stoa says what the hub has. */
async function settle(): Promise<void> {
  await sleep(12_000);
  await Promise.all(
    people.map(async (person) => {
      const begun = Date.now();
      let ready = false;
      for (let tries = 0; tries < 3 && !ready; tries++) ready = await launch(world, person, random.fork(), false);
      const said = await enter(person);
      ledger.write({ what: "settled", user: person.name, ready: ready && said === "in", said, ms: Date.now() - begun });
    }),
  );
}

/** Twenty start at the same moment, on two processors: who reads that the hub does not answer presses again. */
async function enter(person: Person): Promise<string> {
  let said = "";
  for (let tries = 0; tries < 3; tries++) {
    const opened = await ask(world, person, "POST", "/hub/open", {});
    if (opened.status === 200) return (await reaches(opened.body.url)) ? "in" : "the address leads nowhere";
    said = `${opened.status} ${opened.body?.code ?? "no answer"}`;
    if (opened.status !== 503) return said;
    await sleep(3_000);
  }
  return said;
}

async function reaches(url: string): Promise<boolean> {
  const { pathname } = new URL(url);
  const answer = await fetch(hub.url + pathname.replace(/lab$/, "")).catch(() => null);
  return answer?.status === 200 && (await answer.text()) === "here\n";
}

/** What a broken Stoa would have left in the ledger, by hand. */
function judgeTheJudge(): number {
  const failed = ledger.lines.find((line) => line.what === "launch" && line.state === "failed");
  const ready = ledger.lines.find((line) => line.what === "launch" && line.state === "ready");
  const first = ledger.lines.find((line) => line.what === "process" && line.event === "start");
  if (failed?.what !== "launch" || ready?.what !== "launch" || first?.what !== "process") return 0;
  const forged: LaunchLine[][] = [
    [...ledger.lines, { what: "double", user: first.user, pids: [first.pid, 1], when: first.when }],
    [...ledger.lines, { ...ready, state: "stuck" }],
    [...ledger.lines, { ...failed, cause: "name_taken" }],
    // Long before anything was broken.
    [...ledger.lines, { ...failed, cause: "hub_down", begun: 1_000, ended: 2_000 }],
    [...ledger.lines, { ...first, user: "nobody" }],
  ];
  return forged.filter((lines) => judgeLaunches(lines, BUDGET_SECONDS * 1_000).length > broken.length).length;
}

function report(): void {
  const launches = ledger.lines.filter((line) => line.what === "launch");
  const outcomes = new Map<string, number>();
  for (const { state, cause } of launches) {
    const key = state === "failed" ? `${state} ${cause}` : state;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
  const times = launches.filter(({ state }) => state === "ready").map(({ begun, ended }) => ended - begun);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  const count = (what: LaunchLine["what"]) => ledger.lines.filter((line) => line.what === what).length;
  const starts = ledger.lines.filter((line) => line.what === "process" && line.event === "start").length;
  console.log([...outcomes].map(([key, number]) => `${key}: ${number}`).join(", "));
  console.log(
    `seed ${seed}: ${launches.length} launches by ${PEOPLE} people in ${minutes} minutes, ${starts} servers started, ` +
      `${count("fault")} faults, hub killed ${kills.hub} times, Stoa ${kills.stoa}; ready after ${at(0.5)} ms (median), ` +
      `${at(0.95)} ms (p95); double starts: ${count("double")}; broken: ${broken.length}; the judge caught ${caught} of ${FORGED}`,
  );
}
