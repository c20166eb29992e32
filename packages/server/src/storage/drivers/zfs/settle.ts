import type { Owner, Place } from "../../hosts/contract.ts";
import { directoryMode, keyOf, type Outcome, type Wanted } from "../contract.ts";
import { ask, saidBy } from "./ask.ts";
import { ensureFolder, isAtItsPath, outcome, placeOf, type ZfsContext } from "./context.ts";
import { datasetOf, LONGEST_DATASET } from "./dataset-names.ts";
import { countedOf, type Dataset, type Datasets, quotaPropertyOf } from "./datasets.ts";
import { filledFolders } from "./filled-folders.ts";

/** Commands at a time; ZFS does one after the other. */
const WIDTH = 4;
/** Bytes. An empty dataset takes some 100 KiB by itself: a smaller quota than this may not be possible. */
const SMALLEST = 2 ** 20;

/**
 * Makes datasets as they should be, in the order given. A dataset is made with its quota in one command; where we die
 * behind it, the next round finds it, and mounts and owns it.
 */
export async function settle(context: ZfsContext, wanted: readonly Wanted[]): Promise<readonly Outcome[]> {
  const { datasets } = context;
  const folders: readonly Place[] = wanted.some(({ kind }) => kind === "group") ? [{ kind: "groups" }] : [];
  const there = await datasets.read([...folders, ...wanted.map(placeOf)]);
  const filled = await filledFolders(context, there, wanted);
  const noGroups = folders.length > 0 && !there.has("groups") ? await ensureFolder(context, "groups") : null;

  const outcomes = await inOrder(wanted, async (one): Promise<Outcome> => {
    const key = keyOf(one);
    if (datasetOf(placeOf(one), context.base).length > LONGEST_DATASET) {
      return outcome(one, "failed", `ZFS takes names of ${LONGEST_DATASET} characters at most, the pool's included`);
    }
    if (one.kind === "group" && noGroups !== null) return outcome(one, "failed", noGroups);
    const known = there.get(key);
    if (known !== undefined) return bring(context, one, known);
    const obstacle = filled.get(key);
    return obstacle === undefined ? create(context, one) : outcome(one, "exists", obstacle);
  });

  // Nothing is mounted below it: there are no folders to own.
  if (there.get("base")?.mountpoint === null) return outcomes;
  const done = new Set(outcomes.filter(({ code }) => code === "done").map(keyOf));
  const problems = await own(
    context,
    wanted.filter((one) => done.has(keyOf(one))),
  );
  return outcomes.map((one) => {
    const problem = problems.get(keyOf(one));
    return problem === undefined ? one : { ...one, code: "failed", problem };
  });
}

async function create(context: ZfsContext, wanted: Wanted): Promise<Outcome> {
  const { host, datasets } = context;
  const place = placeOf(wanted);
  const answer = await ask(host, { do: "zfs-create", place, quota: wanted.quota });
  if (answer.code === 0) return outcome(wanted, "done");
  // Another was faster; or it was made and only could not be mounted.
  const now = await datasets.read([place]);
  const made = now.get(keyOf(wanted));
  if (made !== undefined) return bring(context, wanted, made);
  const base = now.get("base");
  if (base?.readOnly) return outcome(wanted, "read_only", `${context.base} is read-only`);
  if (base !== undefined && base.available < SMALLEST) return outcome(wanted, "full", "the pool is full");
  if (wanted.quota > 0 && wanted.quota < SMALLEST) {
    return outcome(wanted, "below_used", `a dataset takes some 100 KiB by itself; ${wanted.quota} bytes are too few`);
  }
  return outcome(wanted, "failed", saidBy(answer));
}

/** Gives a dataset that is there the quota that it should have. */
async function bring({ host, datasets }: ZfsContext, wanted: Wanted, dataset: Dataset): Promise<Outcome> {
  if (!dataset.isFilesystem) return outcome(wanted, "not_a_directory", "it is a volume, not a file system");
  const place = placeOf(wanted);
  const said: string[] = [];
  for (const property of changedBy(wanted.quota, dataset)) {
    const answer = await ask(host, { do: "zfs-set", place, property, value: String(wanted.quota) });
    if (answer.code !== 0) said.push(saidBy(answer));
  }
  if (said.length === 0) return outcome(wanted, "done");
  const now = (await datasets.read([place])).get(keyOf(wanted));
  if (now === undefined) return outcome(wanted, "failed", "it was removed meanwhile");
  if (changedBy(wanted.quota, now).length === 0) return outcome(wanted, "done");
  const { used, quota } = countedOf(now);
  if (wanted.quota > 0 && used > wanted.quota) {
    const stays = quota === 0 ? "it stays without one" : `it stays at ${quota} bytes`;
    const problem = `ZFS takes no quota of ${wanted.quota} bytes while ${used} bytes are used: ${stays}`;
    return outcome(wanted, "below_used", problem);
  }
  return outcome(wanted, now.readOnly ? "read_only" : "failed", said.join("; "));
}

/** What has to be set: none takes both away. */
function changedBy(quota: number, dataset: Dataset): readonly ("quota" | "refquota")[] {
  if (quota === 0) return (["quota", "refquota"] as const).filter((property) => dataset[property] > 0);
  const property = quotaPropertyOf(dataset);
  return dataset[property] === quota ? [] : [property];
}

/** Mounts what should be mounted, then gives it to its owner; what was there before us stays its owner's. */
async function own(context: ZfsContext, wanted: readonly Wanted[]): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  if (wanted.length === 0) return problems;
  const places: readonly Place[] = wanted.map(placeOf);
  let there = await context.datasets.read(places);
  const said = await mountAll(context, wanted, there);
  if (said.size > 0) there = await context.datasets.read(places);
  for (const [key, words] of said) {
    if (there.get(key)?.mounted !== true) problems.set(key, `its dataset can't be mounted: ${words}`);
  }
  const byOwner = Map.groupBy(
    wanted.filter((one) => {
      const dataset = there.get(keyOf(one));
      return !one.adopted && dataset !== undefined && isAtItsPath(dataset, there);
    }),
    ({ kind, owner: { uid, gid } }) => `${kind}:${uid}:${gid}`,
  );
  for (const [first, ...others] of byOwner.values()) {
    if (first !== undefined) await give(context, [first, ...others], first.owner, problems);
  }
  return problems;
}

/** @returns what was said of each; it may be mounted all the same: who makes it at the same time mounts it, too */
async function mountAll(
  { host }: ZfsContext,
  wanted: readonly Wanted[],
  there: Datasets,
): Promise<ReadonlyMap<string, string>> {
  const said = new Map<string, string>();
  for (const one of wanted) {
    const dataset = there.get(keyOf(one));
    if (dataset?.mounts !== true || dataset.mounted) continue;
    said.set(keyOf(one), saidBy(await ask(host, { do: "zfs-mount", place: placeOf(one) })));
  }
  return said;
}

/** All at once, or one by one where one of them stands in the others' way. */
async function give(
  context: ZfsContext,
  wanted: readonly Wanted[],
  owner: Owner,
  problems: Map<string, string>,
): Promise<void> {
  const [{ kind } = { kind: "user" as const }] = wanted;
  const mode = directoryMode({ kind });
  const answer = await ask(context.host, { do: "make", places: wanted.map(placeOf), owner, mode });
  if (answer.code === 0) return;
  if (wanted.length > 1) {
    for (const one of wanted) await give(context, [one], owner, problems);
  } else {
    for (const one of wanted) problems.set(keyOf(one), `its folder could not be given to its owner: ${saidBy(answer)}`);
  }
}

/** Begun in this order, so many at a time; results in the same order. Nothing is still at work when it throws. */
async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  for (const ended of await Promise.allSettled(Array.from({ length: WIDTH }, worker))) {
    if (ended.status === "rejected") throw ended.reason;
  }
  return results;
}
