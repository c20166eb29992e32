import type { NamedPlace, Place } from "../../hosts/contract.ts";
import { keyOf, type Outcome, type Subject } from "../contract.ts";
import { ask, saidBy } from "./ask.ts";
import { ensureFolder, outcome, persist, placeOf, type ZfsContext } from "./context.ts";
import type { Dataset } from "./datasets.ts";

export interface ZfsTrash {
  discard(subject: Subject, entry: string): Promise<Outcome>;
  restore(entry: string, subject: Subject): Promise<Outcome>;
  purge(entry: string, signal: AbortSignal): Promise<boolean>;
  discarded(): Promise<readonly string[]>;
}

type Entry = Extract<Place, { kind: "trash" }>;

/**
 * The trash is a dataset beside the others'; a deleted one is renamed into it, its snapshots with it, and has no quota
 * there. Its own is set again when it is settled after it came back.
 */
export function createTrash(context: ZfsContext): ZfsTrash {
  const { host, datasets, log } = context;
  let folder: Promise<string | null> | null = null;

  /** Once for all who throw something away; again after a failure. */
  async function readyFolder(): Promise<string | null> {
    folder ??= ensureFolder(context, "trashes").then(
      (problem) => {
        if (problem !== null) folder = null;
        return problem;
      },
      (error: unknown) => {
        folder = null;
        throw error;
      },
    );
    return folder;
  }

  /**
   * A mounted dataset is unmounted first: some releases call it busy otherwise. Never by force: with open files that
   * stops zfs-fuse for everybody.
   * @returns what went wrong, or null
   */
  async function rename(from: NamedPlace, to: NamedPlace, dataset: Dataset): Promise<string | null> {
    const problem = await persist(async () => {
      const unmounted = await unmount(from);
      if (unmounted !== null) return unmounted;
      const answer = await ask(host, { do: "zfs-rename", from, to });
      if (answer.code === 0) return null;
      const now = await datasets.read([from, to]);
      return now.has(keyOf(to)) && !now.has(keyOf(from)) ? null : saidBy(answer);
    });
    if (problem !== null && dataset.mounted) await ask(host, { do: "zfs-mount", place: from });
    return problem;
  }

  /** Also when it was by somebody else meanwhile. */
  async function unmount(place: NamedPlace): Promise<string | null> {
    const isMounted = async () => (await datasets.read([place])).get(keyOf(place))?.mounted === true;
    if (!(await isMounted())) return null;
    const answer = await ask(host, { do: "zfs-unmount", place });
    return answer.code === 0 || !(await isMounted()) ? null : saidBy(answer);
  }

  /** What is in the trash binds nobody. */
  async function free(subject: Subject, place: Entry, dataset: Dataset): Promise<Outcome> {
    for (const property of ["quota", "refquota"] as const) {
      if (dataset[property] === 0) continue;
      const answer = await ask(host, { do: "zfs-set", place, property, value: "none" });
      if (answer.code !== 0) return outcome(subject, "failed", `its quota could not be taken away: ${saidBy(answer)}`);
    }
    return outcome(subject, "done");
  }

  async function failed(subject: Subject, problem: string): Promise<Outcome> {
    const base = (await datasets.read([{ kind: "base" }])).get("base");
    if (base?.readOnly) return outcome(subject, "read_only", `${context.base} is read-only`);
    return outcome(subject, "busy", `something is still at work in it: ${problem}`);
  }

  return {
    async discard(subject, entry) {
      const [from, to] = [placeOf(subject), { kind: "trash", name: entry } as const];
      const there = await datasets.read([from, to]);
      const moved = there.get(keyOf(to));
      // We have died behind the rename. What is there under its old name by now is somebody's new one.
      if (moved !== undefined) return free(subject, to, moved);
      const dataset = there.get(keyOf(from));
      if (dataset === undefined) return outcome(subject, "done");
      if (!dataset.isFilesystem) return outcome(subject, "not_a_directory", "it is a volume, not a file system");
      const unready = await readyFolder();
      if (unready !== null) return outcome(subject, "failed", unready);
      const problem = await rename(from, to, dataset);
      return problem === null ? free(subject, to, dataset) : failed(subject, problem);
    },

    async restore(entry, subject) {
      const [from, to] = [{ kind: "trash", name: entry } as const, placeOf(subject)];
      const there = await datasets.read([from, to]);
      const dataset = there.get(keyOf(from));
      if (dataset === undefined) return outcome(subject, "missing", "it is not in the trash");
      if (there.has(keyOf(to))) return outcome(subject, "exists", "a dataset of its name is there");
      const unready = subject.kind === "group" ? await ensureFolder(context, "groups") : null;
      if (unready !== null) return outcome(subject, "failed", unready);
      const problem = await rename(from, to, dataset);
      if (problem !== null) return failed(subject, problem);
      const back = (await datasets.read([to])).get(keyOf(to));
      // What can't be mounted now is when it is settled.
      if (back?.mounts && !back.mounted) await ask(host, { do: "zfs-mount", place: to });
      return outcome(subject, "done");
    },

    async purge(entry, signal) {
      const place: Entry = { kind: "trash", name: entry };
      const problem = await persist(async () => {
        if (!(await datasets.read([place])).has(keyOf(place))) return null;
        const unmounted = await unmount(place);
        if (unmounted !== null) return unmounted;
        const answer = await ask(host, { do: "zfs-destroy", place }, signal);
        return answer.code === 0 ? null : saidBy(answer);
      }, signal);
      if (problem !== null) log.warn({ entry, problem }, "storage: a deleted dataset can't be destroyed now");
      return problem === null;
    },

    async discarded() {
      const names: string[] = [];
      for (const { place } of (await datasets.readBelow({ kind: "trashes" })).values()) {
        if (place.kind === "trash") names.push(place.name);
      }
      return names;
    },
  };
}
