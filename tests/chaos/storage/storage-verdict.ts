import { setTimeout as sleep } from "node:timers/promises";
import type { Story } from "./storage-ledger.ts";
import { call, isOnDisk, marksOnDisk, type StorageWorld } from "./storage-world.ts";

const CONVERGES_WITHIN_MS = 90_000;

interface Shown {
  readonly name: string;
  readonly state: string;
  readonly quota: number;
  readonly problem: string | null;
}

/**
 * What Stoa says, what is on the disk and what the outside knows, once everything was made so: all three must agree.
 * Where an answer was missing, the story goes on from what is there, if that is one of the ways it could be.
 * @returns the promises that were broken
 */
export async function judgeStorage(world: StorageWorld, stories: readonly Story[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, defects } of stories) broken.push(...defects.splice(0).map((what) => `${name}: ${what}`));
  const purged = new Set(stories.flatMap((story) => [...story.purged]));
  const { shown, purging } = await converged(world, broken);
  const marks = marksOnDisk(world);
  for (const story of stories) {
    const said = shown.get(story.name);
    const there = isOnDisk(world, story.name);
    const { status, body } = await call(world, "GET", `/api/v1/users/${story.name}`);
    if ((status === 200) !== (said !== undefined))
      broken.push(`${story.name}: contract 1 answers ${status}, the list differs`);
    if ((said !== undefined) !== there)
      broken.push(`${story.name}: Stoa says ${said ? "there" : "gone"}, the disk ${there ? "there" : "gone"}`);
    const here = [...marks].find(([, places]) => places.includes(story.name))?.[0] ?? null;
    const fits = story.possible.filter(
      (one) =>
        one.present === there &&
        (!there || (one.quota === body?.quota && (one.mark === here || (one.mark === null && here === null)))),
    );
    if (fits.length === 0) {
      const found = { present: there, quota: body?.quota, mark: here };
      broken.push(`${story.name}: is ${JSON.stringify(found)}, could be ${JSON.stringify(story.possible)}`);
    }
    story.possible = [{ present: there, quota: there ? (body?.quota ?? 0) : 0, mark: here }];
    // What is not on the disk any more, and may have been brought back or purged unanswered, can't be asked for again.
    const inTrash = (mark: string | null) =>
      mark !== null && (marks.get(mark) ?? []).some((place) => place.startsWith("trash/"));
    for (const one of story.deleted.filter(({ sure }) => sure)) {
      if (one.standing.mark !== null && !inTrash(one.standing.mark))
        broken.push(`${story.name}: the deleted ${one.standing.mark} is lost`);
    }
    const isPurging = (mark: string | null) =>
      mark !== null && (marks.get(mark) ?? []).some((place) => purging.has(place));
    for (const { sure, standing } of story.deleted) {
      if (sure && isPurging(standing.mark)) broken.push(`${story.name}: ${standing.mark} is purged, and nobody asked`);
    }
    // A purge that was not answered may have been taken: what it takes can't be brought back, and is still there.
    const kept = story.deleted
      .filter(({ standing }) => inTrash(standing.mark) && !isPurging(standing.mark))
      .map((one) => ({ ...one, sure: true }));
    story.deleted.splice(0, story.deleted.length, ...kept);
  }
  for (const [mark, places] of marks) {
    if (places.length > 1) broken.push(`${mark} lies in ${places.join(" and ")}`);
    if (purged.has(mark) && places.some((place) => !place.startsWith("trash/")))
      broken.push(`${mark} was purged, and is in ${places}`);
  }
  return broken;
}

interface Converged {
  readonly shown: ReadonlyMap<string, Shown>;
  /** Where those lie that are being removed for good, as `marksOnDisk` names places. */
  readonly purging: ReadonlySet<string>;
}

/** Waits until nothing is left to be done; what is left after that is broken. */
async function converged(world: StorageWorld, broken: string[]): Promise<Converged> {
  const until = performance.now() + CONVERGES_WITHIN_MS;
  for (;;) {
    const { status, body } = await call(world, "GET", "/api/stoa/v1/storage/subjects?limit=500&sort=name");
    const trash = await call(world, "GET", "/api/stoa/v1/storage/trash?limit=500");
    const items = (body?.items ?? []) as Shown[];
    const deleted = (trash.body?.items ?? []) as { id: number; state: string }[];
    const moving = deleted.filter(({ state }) => state === "moving");
    const waiting = items.filter(({ state }) => state !== "ready");
    const isDone = status === 200 && trash.status === 200 && waiting.length + moving.length === 0;
    if (!isDone && performance.now() > until)
      broken.push(`not settled: ${JSON.stringify(waiting)} ${JSON.stringify(moving)}`);
    else if (!isDone) {
      await sleep(500);
      continue;
    }
    const ending = deleted.filter(({ state }) => state === "purging").map(({ id }) => `trash/subject-${id}`);
    return { shown: new Map(items.map((item) => [item.name, item])), purging: new Set(ending) };
  }
}
