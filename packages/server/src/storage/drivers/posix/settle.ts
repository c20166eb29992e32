import type { Owner, Place, QuotaLine } from "../../hosts/contract.ts";
import { directoryMode, type Outcome, type Wanted } from "../contract.ts";
import { lastLine, outcomeOf, whyNotMade } from "./ask.ts";
import { isOnesOwn, type PosixContext, type Probed } from "./context.ts";
import { type Entry, inParts, lookAt, placeKey } from "./entries.ts";
import { attributesOf } from "./kernel-quotas.ts";
import { lookBelow } from "./same-base.ts";

type Outcomes = Map<string, Outcome>;

/**
 * Makes all of them so, in as few commands as there are kinds of things to do; what is so already costs a look. Each
 * step leaves behind what the next look sees: killed after any of them, a repetition goes on from there.
 */
export async function settleAll(context: PosixContext, wanted: readonly Wanted[]): Promise<readonly Outcome[]> {
  if (wanted.length === 0) return [];
  const outcomes: Outcomes = new Map();
  const marks = wanted.filter(({ adopted }) => adopted).map(markOf);
  const { probed, found: before } = await lookBelow(context, [...wanted, ...marks]);
  const one = [...new Map(wanted.map((each) => [placeKey(each), each])).values()];
  const usable = one.filter((each) => {
    const entry = before.get(placeKey(each));
    if (entry === undefined || entry.type === "directory") return true;
    outcomes.set(placeKey(each), notADirectory(each, entry));
    return false;
  });
  const made = await makeFolders(context, probed, usable, before, outcomes);
  const ready = probed.by === "project" ? await giveProjects(context, made, before, outcomes) : made;
  if (probed.by !== null) await setQuotas(context, probed.by, ready, outcomes);
  return wanted.map(
    ({ kind, name }) => outcomes.get(placeKey({ kind, name })) ?? { kind, name, code: "done", problem: "" },
  );
}

export function notADirectory({ kind, name }: Pick<Wanted, "kind" | "name">, { type }: Entry): Outcome {
  const what = type === "link" ? "a link" : "not a directory";
  return { kind, name, code: "not_a_directory", problem: `What stands in the place of ${kind} ${name} is ${what}.` };
}

async function makeFolders(
  { ask, base }: PosixContext,
  { self }: Probed,
  wanted: readonly Wanted[],
  before: ReadonlyMap<string, Entry>,
  outcomes: Outcomes,
): Promise<readonly Wanted[]> {
  // Nobody but root can give a folder to somebody else.
  const ownerOf = ({ owner }: Wanted): Owner => (self.uid === 0 ? owner : self);
  const isSo = (each: Wanted, entry: Entry | undefined) => {
    const { uid, gid } = ownerOf(each);
    // Taken over as it is: whose it was, it stays.
    if (each.adopted && entry?.type === "directory") return true;
    return entry?.type === "directory" && entry.mode === directoryMode(each) && entry.uid === uid && entry.gid === gid;
  };
  const undone = wanted.filter((each) => !isSo(each, before.get(placeKey(each))));
  const said = new Map<string, Awaited<ReturnType<typeof ask>>>();
  for (const [owner, theirs] of byOwner(undone, ownerOf)) {
    for (const places of inParts(theirs)) {
      const [{ kind } = { kind: "user" as const }] = places;
      const answer = await ask({ do: "make", places, owner, mode: directoryMode({ kind }) });
      if (answer.code !== 0) for (const each of places) said.set(placeKey(each), answer);
    }
  }
  if (said.size === 0) return wanted;
  // Some of them may have been made.
  const after = await lookAt(ask, base, undone);
  for (const each of undone) {
    const key = placeKey(each);
    const answer = said.get(key);
    if (answer === undefined || isSo(each, after.get(key))) continue;
    const why = after.has(key) ? answer : await whyNotMade(ask, each, answer);
    outcomes.set(key, outcomeOf(each, why, `${key}'`));
  }
  return wanted.filter((each) => !outcomes.has(placeKey(each)));
}

/** Those of one owner and one mode go together. */
function byOwner(wanted: readonly Wanted[], ownerOf: (each: Wanted) => Owner): Iterable<[Owner, Wanted[]]> {
  const groups = new Map<string, [Owner, Wanted[]]>();
  for (const each of wanted) {
    const owner = ownerOf(each);
    const key = `${each.kind}:${owner.uid}:${owner.gid}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [owner, [each]]);
    else group[1].push(each);
  }
  return groups.values();
}

/**
 * Stands in the trash while the files of one that was there before us are given its number: a walk that was cut short
 * is begun again. No entry of the trash is named like it: theirs end with digits.
 */
export function markOf({ project }: Pick<Wanted, "project">): Extract<Place, { kind: "trash" }> {
  return { kind: "trash", name: `${project}-adopting` };
}

export const IS_MARK = /^\d+-adopting$/;

async function giveProjects(
  context: PosixContext,
  wanted: readonly Wanted[],
  before: ReadonlyMap<string, Entry>,
  outcomes: Outcomes,
): Promise<readonly Wanted[]> {
  const { ask, base } = context;
  const old = wanted.filter((each) => before.has(placeKey(each)));
  const attributes = old.length === 0 ? new Map() : await attributesOf(ask, base, old);
  const given = await Promise.all(
    wanted.map(async (each) => {
      const key = placeKey(each);
      const { project = 0, inherited = false } = attributes.get(key) ?? {};
      const isMarked = each.adopted && before.has(placeKey(markOf(each)));
      if (project === each.project && inherited && !isMarked) return true;
      // That it is no longer handed down is its owner's doing (`chattr -P`): what they made since is for \`strays\` to find.
      const walks = each.adopted && before.has(key) && (project !== each.project || isMarked);
      const problem = await giveProject(context, each, walks);
      if (problem !== null) outcomes.set(key, problem);
      return problem === null;
    }),
  );
  return wanted.filter((_, index) => given[index]);
}

/** Null: it has it. */
async function giveProject({ ask, base, log }: PosixContext, wanted: Wanted, walks: boolean): Promise<Outcome | null> {
  const { kind, name, project } = wanted;
  const mark = markOf(wanted);
  if (walks) {
    const marked = await ask({ do: "make", places: [mark], owner: wanted.owner, mode: 0o700 });
    if (marked.code !== 0) return outcomeOf(wanted, marked);
  }
  const answer = await ask({ do: "set-project", place: wanted, project, all: walks });
  if (answer.code !== 0) {
    // A file that can't be given it, or was gone by then, is no reason to hold nobody to anything: `strays` finds it.
    const own = (await attributesOf(ask, base, [wanted])).get(placeKey(wanted));
    if (own?.project !== project || !own.inherited) return outcomeOf(wanted, answer);
    log.warn({ kind, name, err: lastLine(answer) }, "storage: some files could not be given their project");
  }
  // Behind a purge it would wait for long; left behind it costs another walk.
  if (walks) void ask({ do: "remove", place: mark }).catch(() => undefined);
  return null;
}

async function setQuotas(
  context: PosixContext,
  by: "project" | "user",
  wanted: readonly Wanted[],
  outcomes: Outcomes,
): Promise<void> {
  const held = wanted.filter(({ owner }) => by === "project" || isOnesOwn(context, owner.uid));
  if (held.length === 0) return;
  const lines: QuotaLine[] = held.map(({ project, owner, quota }) => ({
    id: by === "project" ? project : owner.uid,
    bytes: quota === 0 ? null : quota,
  }));
  const answer = await context.ask({ do: "set-quotas", by, lines });
  if (answer.code === 0) return;
  for (const each of held) outcomes.set(placeKey(each), outcomeOf(each, answer));
}
