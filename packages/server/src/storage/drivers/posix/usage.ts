import { GROUPS, TRASH } from "../../hosts/command.ts";
import type { NamedPlace } from "../../hosts/contract.ts";
import {
  BackEndAway,
  type BaseSizes,
  type Counted,
  type Found,
  keyOf,
  type LeftAlone,
  type Subject,
} from "../contract.ts";
import { lastLine } from "./ask.ts";
import { isOnesOwn, type PosixContext, type Probed } from "./context.ts";
import { areSubjects, inParts, keyOfPath, listFolders, namedOtherwise, placeKey } from "./entries.ts";
import { attributesOf, countOthers, reportQuotas } from "./kernel-quotas.ts";
import { lookBelow } from "./same-base.ts";

/** A directory that is there, and whose it is. */
interface Standing {
  readonly kind: Subject["kind"];
  readonly name: string;
  readonly uid: number;
  readonly device: number;
}

export async function listAll(context: PosixContext): Promise<readonly Found[]> {
  const { probed } = await lookBelow(context, []);
  const standing = await standingOnes(context);
  return standing.length === 0 ? [] : describe(context, probed, standing, standing);
}

export async function lookAtSome(context: PosixContext, subjects: readonly Subject[]): Promise<readonly Found[]> {
  if (subjects.length === 0) return [];
  const { probed, found } = await lookBelow(context, subjects);
  const standing = subjects.flatMap(({ kind, name }) => {
    const entry = found.get(placeKey({ kind, name }));
    return entry?.type === "directory" ? [{ kind, name, uid: entry.uid, device: entry.device }] : [];
  });
  if (standing.length === 0) return [];
  // Whose uid others have as well is known from all of them alone.
  const all = probed.by === "user" ? await standingOnes(context) : standing;
  return describe(context, probed, standing, all);
}

/** What has no name of ours. */
export async function listLeftAlone(context: PosixContext): Promise<readonly LeftAlone[]> {
  await lookBelow(context, []);
  const [people, groups] = await foldersOf(context);
  return [...namedOtherwise(people, "user"), ...namedOtherwise(groups, "group")];
}

function foldersOf({ ask }: PosixContext) {
  return Promise.all([listFolders(ask, { kind: "base" }), listFolders(ask, { kind: "groups" })]);
}

async function standingOnes(context: PosixContext): Promise<readonly Standing[]> {
  const [people, groups] = await foldersOf(context);
  return [
    ...areSubjects(people, "user").map((one) => ({ kind: "user" as const, ...one })),
    ...areSubjects(groups, "group").map((one) => ({ kind: "group" as const, ...one })),
  ];
}

/** With what the kernel has of each: one report for all. */
async function describe(
  context: PosixContext,
  { by, device }: Probed,
  standing: readonly Standing[],
  all: readonly Standing[],
): Promise<readonly Found[]> {
  if (by === null) return standing.map(({ kind, name }) => ({ kind, name, quota: null, used: null }));
  const report = await reportQuotas(context.ask, by);
  const numberOf = by === "project" ? await projectsOf(context, standing) : uidsOf(context, all);
  return standing.map((one) => {
    const { kind, name } = one;
    const number = one.device === device ? numberOf(one) : null;
    if (number === null) return { kind, name, quota: null, used: null };
    // A project that nothing was ever charged to has no line; no project holds nothing.
    if (number === 0) return { kind, name, quota: 0, used: null };
    return { kind, name, quota: 0, used: 0, ...report.get(number) };
  });
}

type NumberOf = (one: Standing) => number | null;

async function projectsOf({ ask, base }: PosixContext, standing: readonly Standing[]): Promise<NumberOf> {
  const attributes = await attributesOf(ask, base, standing);
  return (one) => attributes.get(placeKey(one))?.project ?? null;
}

/** A uid that two directories have counts for neither. */
function uidsOf(context: PosixContext, all: readonly Standing[]): NumberOf {
  const times = new Map<number, number>();
  for (const { uid } of all) times.set(uid, (times.get(uid) ?? 0) + 1);
  return ({ uid }) => (isOnesOwn(context, uid) && times.get(uid) === 1 ? uid : null);
}

/** Of all that the kernel counts, by `keyOf`. */
export async function countAll(context: PosixContext): Promise<ReadonlyMap<string, Counted>> {
  const counted = new Map<string, Counted>();
  for (const found of await listAll(context)) {
    const { used, quota } = found;
    if (used !== null) counted.set(keyOf(found), { used, quota: quota ?? 0 });
  }
  return counted;
}

/** `du` has ended with 1 where a file vanished under its hands, and has told the sizes all the same. */
export async function measureSome(
  context: PosixContext,
  places: readonly NamedPlace[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  await context.ready();
  const sizes = new Map<string, number>();
  const byKey = new Map(places.map((place) => [placeKey(place), keyOf(place)]));
  for (const part of inParts(places)) {
    const answer = await context.ask({ do: "measure", places: part }, signal);
    for (const [path, size] of readSizes(answer.out, context.base)) {
      const key = byKey.get(path);
      if (key !== undefined) sizes.set(key, size);
    }
  }
  return sizes;
}

/**
 * A directory that is moved away under its hands ends `du`: who has no line by then is left out. Groups are: their
 * folder is told of as a whole.
 */
export async function measureBase(context: PosixContext, signal: AbortSignal): Promise<BaseSizes> {
  await context.ready();
  const answer = await context.ask({ do: "measure-base" }, signal);
  const sizes = new Map<string, number>();
  let total = 0;
  for (const [path, size] of readSizes(answer.out, context.base)) {
    if (path === "") total = size;
    else if (path !== GROUPS && path !== TRASH) sizes.set(keyOf({ kind: "user", name: path }), size);
  }
  return { sizes, total };
}

/** Bytes by the path below the base, of lines that end with NUL: a name may have any other character in it. */
function* readSizes(out: string, base: string): Iterable<[string, number]> {
  for (const line of out.split("\0")) {
    const [, size, path = ""] = /^(\d+)\t(.*)$/s.exec(line) ?? [];
    if (size !== undefined) yield [keyOfPath(path, base), Number(size)];
  }
}

/** Files and folders below that are charged to another project: somebody's `chattr -p`, or moved here from elsewhere. */
export async function countStrays(context: PosixContext, subject: Subject, signal: AbortSignal): Promise<number> {
  await context.ready();
  const answer = await context.ask({ do: "list-projects", place: subject }, signal);
  if (answer.code === null)
    throw new BackEndAway(`The files of ${keyOf(subject)} can't be listed: ${lastLine(answer)}`);
  return countOthers(answer.out, subject.project);
}
