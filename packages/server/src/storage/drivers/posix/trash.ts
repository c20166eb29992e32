import type { NamedPlace } from "../../hosts/contract.ts";
import type { Outcome, Subject } from "../contract.ts";
import { lastLine, outcomeOf } from "./ask.ts";
import type { PosixContext } from "./context.ts";
import { type Entry, listFolders, lookAt, placeKey } from "./entries.ts";
import { lookBelow } from "./same-base.ts";
import { IS_MARK, notADirectory } from "./settle.ts";

type TrashPlace = Extract<NamedPlace, { kind: "trash" }>;

const placeOf = (entry: string): TrashPlace => ({ kind: "trash", name: entry });
const outcome = ({ kind, name }: Subject, code: Outcome["code"], problem = ""): Outcome => ({
  kind,
  name,
  code,
  problem,
});

/** What stands at both ends of a move. */
async function lookAtBoth(context: PosixContext, subject: Subject, entry: string) {
  const { probed, found } = await lookBelow(context, [subject, placeOf(entry)]);
  return {
    standing: found.get(placeKey(subject)),
    trashed: found.get(placeKey(placeOf(entry))),
    device: probed.device,
  };
}

/** A whole directory by one rename. */
export async function discardOne(context: PosixContext, subject: Subject, entry: string): Promise<Outcome> {
  const { standing, trashed, device } = await lookAtBoth(context, subject, entry);
  if (standing === undefined) return outcome(subject, "done");
  if (standing.type !== "directory") return notADirectory(subject, standing);
  if (trashed !== undefined) return outcome(subject, "exists", `The trash has an entry ${entry} already.`);
  if (standing.device !== device) return elsewhere(subject);
  return move(context, subject, { from: subject, to: placeOf(entry) }, standing);
}

export async function restoreOne(context: PosixContext, entry: string, subject: Subject): Promise<Outcome> {
  const { standing, trashed, device } = await lookAtBoth(context, subject, entry);
  if (trashed === undefined) return outcome(subject, "missing");
  if (trashed.type !== "directory") return notADirectory(subject, trashed);
  if (standing !== undefined) {
    return outcome(subject, "exists", `Something stands in the place of ${subject.kind} ${subject.name}.`);
  }
  if (trashed.device !== device) return elsewhere(subject);
  return move(context, subject, { from: placeOf(entry), to: subject }, trashed);
}

/** A rename across file systems would copy it all, for hours. */
function elsewhere(subject: Subject): Outcome {
  const problem = `The directory of ${subject.kind} ${subject.name} is a file system of its own: unmount it first.`;
  return outcome(subject, "other_file_system", problem);
}

/** `mv -n` may end well without having moved anything: what stands there tells. */
async function move(
  { ask, base }: PosixContext,
  subject: Subject,
  { from, to }: { readonly from: NamedPlace; readonly to: NamedPlace },
  moving: Entry,
): Promise<Outcome> {
  const answer = await ask({ do: "move", from, to });
  const after = await lookAt(ask, base, [from, to]);
  const arrived = after.get(placeKey(to));
  if (!after.has(placeKey(from)) && arrived?.inode === moving.inode) return outcome(subject, "done");
  if (answer.code !== 0) return outcomeOf(subject, answer);
  // Somebody else was faster, with the same or with something else.
  if (!after.has(placeKey(from))) return outcome(subject, "failed", "It was moved away by somebody else.");
  return outcome(subject, "exists", `Something came to stand at ${placeKey(to)}.`);
}

/** Takes as long as it takes, at a low priority. */
export async function purgeOne(
  context: PosixContext,
  entry: string,
  project: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { ask, base, log } = context;
  const place = placeOf(entry);
  const { probed, found } = await lookBelow(context, [place]);
  if (!found.has(placeKey(place))) return true;
  const answer = await ask({ do: "remove", place }, signal);
  if ((await lookAt(ask, base, [place])).has(placeKey(place))) {
    log.warn({ entry, err: lastLine(answer) }, "storage: an entry of the trash could not be removed to the end");
    return false;
  }
  // Its number is never given again; the kernel need not keep a limit for it.
  if (probed.by === "project") await ask({ do: "set-quotas", by: "project", lines: [{ id: project, bytes: null }] });
  return true;
}

/** Names of what lies in the trash; marks of ours are none of it. */
export async function discardedEntries(context: PosixContext): Promise<readonly string[]> {
  await lookBelow(context, []);
  const listed = await listFolders(context.ask, { kind: "trashes" });
  return listed.map(({ name }) => name).filter((name) => !IS_MARK.test(name));
}
