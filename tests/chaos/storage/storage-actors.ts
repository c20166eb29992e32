import type { Ledger } from "../ledger.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { ABSENT, type Standing, type StorageCall, type StorageLine, type Story } from "./storage-ledger.ts";
import { call, putMark, type StorageWorld } from "./storage-world.ts";

/** Does what comes to it with one name until told to stop: one call at a time, each in the ledger before it is sent. */
export async function actOn(
  world: StorageWorld,
  story: Story,
  ledger: Ledger<StorageLine>,
  random: SeededRandom,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const unsure = story.possible.length > 1;
    // One whose making was not acknowledged has none yet: without a mark two deleted ones can't be told apart.
    if (!unsure && story.possible[0]?.present && story.possible[0].mark === null)
      leaveMark(world, story, ledger, random);
    const [standing = ABSENT] = story.possible;
    const choices: StorageCall[] = unsure
      ? ["create"]
      : standing.present
        ? ["quota", "quota", "delete", "recount"]
        : story.deleted.length > 0
          ? ["create", "restore", "purge"]
          : ["create"];
    await doOne(world, story, ledger, random, random.pick(choices));
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 30)));
  }
}

async function doOne(
  world: StorageWorld,
  story: Story,
  ledger: Ledger<StorageLine>,
  random: SeededRandom,
  what: StorageCall,
): Promise<void> {
  const { name } = story;
  const quota = random.between(1, 1000) * 2 ** 20;
  ledger.write({ what: "call", stage: "intend", call: what, name, quota });
  const before = story.possible;
  const send = senders[what];
  const after = outcomes[what];
  // Until the answer is here both may be: the kill comes between.
  story.possible = distinct([...before, ...before.flatMap((one) => after(one, quota, story))]);
  const { status } = await send(world, story, quota);
  if (status >= 200 && status < 300) {
    // Where an earlier answer said nothing, this one leads on from each of the ways it could be.
    story.possible = distinct(before.flatMap((one) => after(one, quota, story)));
    settleDeleted(story, what, before, true);
    ledger.write({ what: "call", stage: "ack", call: what, name, status });
  } else if (status >= 400 && status < 500) {
    story.possible = before;
    ledger.write({ what: "call", stage: "refused", call: what, name, status });
    return;
  } else if (status !== 0 && status !== 503) {
    // It says that it is Stoa's own defect.
    story.defects.push(`${what} was answered ${status}`);
    settleDeleted(story, what, before, false);
    ledger.write({ what: "call", stage: "defect", call: what, name, status });
    return;
  } else {
    // No answer, or "noted and not done yet": either may be.
    settleDeleted(story, what, before, false);
    ledger.write({ what: "call", stage: "unknown", call: what, name, status });
    return;
  }
  if (what !== "create" || story.possible.some(({ mark }) => mark !== null)) return;
  leaveMark(world, story, ledger, random);
}

function distinct(standings: readonly Standing[]): Standing[] {
  return [...new Map(standings.map((one) => [JSON.stringify([one.present, one.quota, one.mark]), one])).values()];
}

function leaveMark(world: StorageWorld, story: Story, ledger: Ledger<StorageLine>, random: SeededRandom): void {
  const { name } = story;
  const mark = `${name}-${random.between(1, 2 ** 40)}`;
  if (!putMark(world, name, mark)) throw new Error(`the directory of ${name} is to be there, and is not`);
  ledger.write({ what: "mark", name, mark });
  story.possible = story.possible.map((one) => ({ ...one, mark }));
}

/** What may be brought back: sure once it was acknowledged. */
function settleDeleted(story: Story, what: StorageCall, before: readonly Standing[], sure: boolean): void {
  if (what === "delete") {
    // Asked for only where it is certain how things stand.
    for (const standing of before) if (standing.present) story.deleted.push({ standing, sure });
  }
  if (what === "restore" && sure) story.deleted.pop();
  if (what === "purge" && sure) {
    for (const { standing: purged } of story.deleted) if (purged.mark !== null) story.purged.add(purged.mark);
    story.deleted.length = 0;
  }
  // Who was asked to bring one back or to purge, and did not answer, leaves nothing sure.
  if ((what === "restore" || what === "purge") && !sure) for (const one of story.deleted) one.sure = false;
}

type After = (one: Standing, quota: number, story: Story) => Standing[];

const outcomes: Readonly<Record<StorageCall, After>> = {
  create: (one, quota) => [one.present ? { ...one, quota } : { present: true, quota, mark: null }],
  quota: (one, quota) => [one.present ? { ...one, quota } : one],
  delete: () => [ABSENT],
  restore: (one, _quota, { deleted }) => (one.present ? [one] : [deleted.at(-1)?.standing ?? ABSENT]),
  purge: (one) => [one],
  recount: (one) => [one],
};

type Send = (world: StorageWorld, story: Story, quota: number) => Promise<{ readonly status: number }>;

const senders: Readonly<Record<StorageCall, Send>> = {
  create: (world, { name }, quota) => call(world, "POST", "/api/v1/users/", { name, quota }),
  quota: (world, { name }, quota) => call(world, "POST", "/api/v1/users/", { name, quota }),
  delete: (world, { name }) => call(world, "DELETE", `/api/v1/users/${name}`),
  recount: (world) => call(world, "POST", "/api/stoa/v1/storage/recount", {}),
  async restore(world, { name }) {
    const newest = (await trashOf(world, name))[0];
    if (newest === undefined) return { status: 404 };
    return call(world, "POST", `/api/stoa/v1/storage/trash/${newest}/restore`);
  },
  async purge(world, { name }) {
    const ids = await trashOf(world, name);
    let status = 404;
    for (const id of ids) ({ status } = await call(world, "DELETE", `/api/stoa/v1/storage/trash/${id}`));
    return { status };
  },
};

/** Newest first. */
async function trashOf(world: StorageWorld, name: string): Promise<number[]> {
  const { body } = await call(world, "GET", "/api/stoa/v1/storage/trash?limit=500");
  const items = (body?.items ?? []) as { id: number; name: string; state: string }[];
  return items.filter((item) => item.name === name && item.state !== "purging").map(({ id }) => id);
}
