import type { NamedPlace, Place } from "../../hosts/contract.ts";
import { keyOf, type Outcome, type Subject } from "../contract.ts";
import { ask, saidBy } from "./ask.ts";
import { ensureFolder, outcome, persist, placeOf, type ZfsContext } from "./context.ts";
import type { Dataset } from "./datasets.ts";

export interface ZfsTrash {
  discard(subject: Subject, entry: string): Promise<Outcome>;
  restore(entry: string, subject: Subject): Promise<Outcome>;
  purge(entry: string, project: number, signal: AbortSignal): Promise<boolean>;
  discarded(): Promise<readonly string[]>;
}

type Entry = Extract<Place, { kind: "trash" }>;

/**
 * The trash is a dataset beside the others', without a quota; a deleted one is renamed into it, its snapshots with it.
 * It keeps its own quota there, which counts for nobody else: ZFS would refuse to set it again for one that is full.
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
   * Where ZFS calls a mounted dataset busy, as zfs-fuse always does, it is unmounted first. Never by force: with open
   * files that stops zfs-fuse for everybody.
   * @returns what went wrong, or null
   */
  async function rename(from: NamedPlace, to: NamedPlace): Promise<string | null> {
    let isFirst = true;
    const problem = await persist(async () => {
      const unmounted = isFirst ? null : await unmount(from);
      isFirst = false;
      if (unmounted !== null) return unmounted;
      const answer = await ask(host, { do: "zfs-rename", from, to });
      if (answer.code === 0) return null;
      const now = await datasets.read([from, to]);
      return now.has(keyOf(to)) && !now.has(keyOf(from)) ? null : saidBy(answer);
    });
    if (problem !== null) await mount(from, (await datasets.read([from])).get(keyOf(from)));
    return problem;
  }

  /** Also when it was by somebody else meanwhile. */
  async function unmount(place: NamedPlace): Promise<string | null> {
    const isMounted = async () => (await datasets.read([place])).get(keyOf(place))?.mounted === true;
    if (!(await isMounted())) return null;
    const answer = await ask(host, { do: "zfs-unmount", place });
    return answer.code === 0 || !(await isMounted()) ? null : saidBy(answer);
  }

  /** What can't be mounted now is when it is settled. */
  async function mount(place: NamedPlace, dataset: Dataset | undefined): Promise<void> {
    if (dataset?.mounts && !dataset.mounted) await ask(host, { do: "zfs-mount", place });
  }

  async function failed(subject: Subject, problem: string): Promise<Outcome> {
    const base = (await datasets.read([])).get("base");
    if (base?.readOnly) return outcome(subject, "read_only", `${context.base} is read-only`);
    return outcome(subject, "busy", `something is still at work in it: ${problem}`);
  }

  return {
    async discard(subject, entry) {
      const [from, to] = [placeOf(subject), { kind: "trash", name: entry } as const];
      const there = await datasets.read([from, to]);
      const dataset = there.get(keyOf(from));
      if (dataset === undefined) return outcome(subject, "done");
      if (there.has(keyOf(to))) return outcome(subject, "exists", "something of that name is in the trash");
      if (!dataset.isFilesystem) return outcome(subject, "not_a_directory", "it is a volume, not a file system");
      const unready = await readyFolder();
      if (unready !== null) return outcome(subject, "failed", unready);
      const problem = await rename(from, to);
      return problem === null ? outcome(subject, "done") : failed(subject, problem);
    },

    async restore(entry, subject) {
      const [from, to] = [{ kind: "trash", name: entry } as const, placeOf(subject)];
      const there = await datasets.read([from, to]);
      const dataset = there.get(keyOf(from));
      if (dataset === undefined) {
        // We may have died behind the rename.
        await mount(to, there.get(keyOf(to)));
        return outcome(subject, "missing", "it is not in the trash");
      }
      if (there.has(keyOf(to))) return outcome(subject, "exists", "a dataset of its name is there");
      const unready = subject.kind === "group" ? await ensureFolder(context, "groups") : null;
      if (unready !== null) return outcome(subject, "failed", unready);
      const problem = await rename(from, to);
      if (problem !== null) return failed(subject, problem);
      await mount(to, (await datasets.read([to])).get(keyOf(to)));
      return outcome(subject, "done");
    },

    async purge(entry, _project, signal) {
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
