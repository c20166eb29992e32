/**
 * Kills the server (as root its broker, and so all) with SIGKILL at random moments while directories are made, given
 * quotas, deleted, brought back, purged and counted; after each kill a judge compares what the outside knows with what
 * Stoa says and with the disk. `--seed N` replays a run, `--rounds N` (50) sets its length. Exit code 0: no promise was
 * broken, and the judge caught what was broken on purpose.
 */
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../support/external-postgres.ts";
import { accessToken } from "../../support/portal-client.ts";
import { discard, newDataDir, startStoa } from "../../support/stoa-process.ts";
import { Ledger } from "../ledger.ts";
import { seededRandom } from "../seeded-random.ts";
import { actOn } from "./storage-actors.ts";
import { ABSENT, type StorageLine, type Story } from "./storage-ledger.ts";
import { judgeStorage } from "./storage-verdict.ts";
import { KEY, type StorageWorld } from "./storage-world.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" }, rounds: { type: "string", default: "50" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const rounds = Number(values.rounds);
const NAMES = 12;

const outside = mkdtempSync(join(tmpdir(), "stoa-storage-chaos-"));
const ledger = new Ledger<StorageLine>(join(outside, "ledger.jsonl"));
const random = seededRandom(seed);
const dataDir = newDataDir();
const port = await freePort();
console.log(`seed ${seed}, ${rounds} rounds, ledger ${outside}/ledger.jsonl`);

const env = { STOA_PORT: String(port), API_KEY: KEY, STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn" };
const start = () => startStoa({ dataDir, env });
let stoa = await start();
let token = await accessToken(stoa.url, "admin", stoa.adminPassword);
const world: StorageWorld = { url: () => stoa.url, token: () => token, base: join(dataDir, "storage") };
const stories: Story[] = Array.from({ length: NAMES }, (_, index) => ({
  name: `person-${index}`,
  possible: [ABSENT],
  purged: new Set(),
  deleted: [],
  defects: [],
}));
const broken: string[] = [];

for (let round = 1; round <= rounds; round += 1) {
  ledger.round = round;
  const abort = new AbortController();
  const acting = stories.map((story) => actOn(world, story, ledger, random.fork(), abort.signal));
  const afterMs = random.between(20, 3_000);
  await sleep(afterMs);
  ledger.write({ what: "kill", afterMs });
  await stoa.kill();
  abort.abort();
  await Promise.all(acting);
  stoa = await start();
  token = await accessToken(stoa.url, "admin", stoa.adminPassword);
  const found = await judgeStorage(world, stories);
  broken.push(...found.map((what) => `round ${round}: ${what}`));
  for (const what of found) console.log(`BROKEN in round ${round}: ${what}`);
  if (round % 10 === 0) console.log(`${round} rounds, ${ledger.lines.length} lines, ${broken.length} broken`);
}

const calls = ledger.lines.filter((line) => line.what === "call");
const count = (stage: string) => calls.filter((line) => line.what === "call" && line.stage === stage).length;
const caught = await judgeTheJudge();
console.log(
  `seed ${seed}: ${rounds} kills, ${count("ack")} acknowledged, ${count("unknown")} unanswered, ${count("refused")} refused, ` +
    `${ledger.lines.filter((line) => line.what === "mark").length} marks; broken: ${broken.length}; the judge caught ${caught} of 3`,
);
ledger.close();
await discard(stoa);
if (broken.length === 0 && caught === 3) rmSync(outside, { recursive: true, force: true });
else process.exitCode = 1;

/** What a broken Stoa would have done, by hand: a directory gone, one that came back, two that changed places. */
async function judgeTheJudge(): Promise<number> {
  const present = stories.filter(({ possible }) => possible[0]?.present && possible[0].mark !== null);
  const [one, two] = present;
  if (one === undefined || two === undefined) {
    console.log("too few directories are left to try the judge on");
    return 0;
  }
  const at = (name: string) => join(world.base, name);
  let caughtSo = 0;
  const expectCaught = async (): Promise<void> => {
    const copy = stories.map((story) => ({ ...story, deleted: [...story.deleted], defects: [] }));
    if ((await judgeStorage(world, copy)).length > 0) caughtSo += 1;
  };
  renameSync(at(one.name), join(outside, "hidden"));
  await expectCaught();
  renameSync(join(outside, "hidden"), at(one.name));
  renameSync(join(at(one.name), "mark"), join(outside, "mark"));
  await expectCaught();
  renameSync(join(outside, "mark"), join(at(one.name), "mark"));
  renameSync(at(one.name), join(outside, "hidden"));
  renameSync(at(two.name), at(one.name));
  renameSync(join(outside, "hidden"), at(two.name));
  await expectCaught();
  return caughtSo;
}
