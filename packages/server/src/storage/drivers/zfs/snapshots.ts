import { join } from "node:path";
import type { NamedPlace } from "../../hosts/contract.ts";
import { BackEndAway, keyOf, type Outcome, type Snapshot, type Snapshots, type Subject } from "../contract.ts";
import { ask, saidBy } from "./ask.ts";
import { outcome, placeOf, type ZfsContext } from "./context.ts";
import { placeOfDataset } from "./dataset-names.ts";

/** @param lookInto where a subject's snapshots lie on this machine; null: they can't be looked into from here */
export function createSnapshots(context: ZfsContext, lookInto: (subject: Subject) => string | null): Snapshots {
  const { host, base } = context;

  async function of(subject: Subject): Promise<readonly Snapshot[]> {
    const place = placeOf(subject);
    const answer = await ask(host, { do: "zfs-snapshots", place, recursive: false });
    // The dataset itself has a line there, too.
    if (answer.out !== "") return parse(answer.out, base).filter((one) => keyOf(one) === keyOf(place));
    if (!(await context.datasets.read([place])).has(keyOf(place))) return [];
    throw new BackEndAway(`The snapshots of ${keyOf(place)} can't be read: ${saidBy(answer)}`);
  }

  async function has(subject: Subject, name: string): Promise<boolean> {
    return (await of(subject)).some(({ snapshot }) => snapshot === name);
  }

  async function take(subject: Subject, name: string): Promise<Outcome> {
    const answer = await ask(host, { do: "zfs-snapshot", place: placeOf(subject), snapshot: name });
    if (answer.code === 0 || (await has(subject, name))) return outcome(subject, "done");
    const there = await context.datasets.read([placeOf(subject)]);
    return there.has(keyOf(subject))
      ? outcome(subject, "failed", saidBy(answer))
      : outcome(subject, "missing", "its dataset isn't there");
  }

  return {
    async list() {
      const answer = await ask(host, { do: "zfs-snapshots", place: { kind: "base" }, recursive: true });
      if (answer.out === "") throw new BackEndAway(`The dataset ${base} can't be read: ${saidBy(answer)}`);
      return parse(answer.out, base);
    },
    of,
    async take(subjects, name) {
      const outcomes: Outcome[] = [];
      // One a call, which is what zfs-fuse takes.
      for (const subject of subjects) outcomes.push(await take(subject, name));
      return outcomes;
    },
    async remove(subject, name) {
      const answer = await ask(host, { do: "zfs-destroy-snapshot", place: placeOf(subject), snapshot: name });
      if (answer.code === 0 || !(await has(subject, name))) return outcome(subject, "done");
      return outcome(subject, "failed", saidBy(answer));
    },
    directoryOf(subject, name) {
      const directory = lookInto(subject);
      return directory === null ? null : join(directory, name);
    },
  };
}

/** Lines of `zfs get creation,used`: seconds and bytes. Those of datasets, and of what isn't a subject, left out. */
function parse(out: string, base: string): readonly Snapshot[] {
  const found = new Map<string, { place: NamedPlace; snapshot: string; values: Map<string, string> }>();
  for (const line of out.split("\n")) {
    const [name = "", property = "", value = ""] = line.split("\t");
    const [dataset = "", snapshot] = name.split("@");
    if (snapshot === undefined) continue;
    const place = placeOfDataset(dataset, base);
    if (place?.kind !== "user" && place?.kind !== "group") continue;
    const one = found.get(name) ?? { place, snapshot, values: new Map<string, string>() };
    found.set(name, one);
    one.values.set(property, value);
  }
  const snapshots: Snapshot[] = [];
  for (const { place, snapshot, values } of found.values()) {
    if (place.kind === "trash") continue;
    const createdAt = new Date(Number(values.get("creation")) * 1000);
    snapshots.push({ kind: place.kind, name: place.name, snapshot, createdAt, used: Number(values.get("used")) || 0 });
  }
  return snapshots.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}
