import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Place, StorageHost } from "../../hosts/contract.ts";
import type { Outcome, OutcomeCode, Subject } from "../contract.ts";
import { ask } from "./ask.ts";
import { datasetParts } from "./dataset-names.ts";
import type { Dataset, DatasetReader, Datasets } from "./datasets.ts";

/** What the parts of the driver work with. */
export interface ZfsContext {
  readonly host: StorageHost;
  /** The base dataset. */
  readonly base: string;
  readonly datasets: DatasetReader;
  readonly log: Logger;
}

/** Milliseconds before each try but the first: a scan, a backup or a snapshot's reader lets go within them. */
const PAUSES = [0, 0, 100, 300, 600, 1200, 2000];

/** Tries until it succeeds; the last failure, or null. */
export async function persist<T>(attempt: () => Promise<T | null>, signal?: AbortSignal): Promise<T | null> {
  let failure: T | null = null;
  for (const pause of PAUSES) {
    signal?.throwIfAborted();
    if (pause > 0) await sleep(pause, undefined, signal === undefined ? {} : { signal });
    failure = await attempt();
    if (failure === null) return null;
  }
  return failure;
}

/** The path at which it would be mounted by itself; null: nothing below the base is. */
export function pathOf(place: Place, datasets: Datasets): string | null {
  const mountpoint = datasets.get("base")?.mountpoint ?? null;
  return mountpoint === null ? null : [mountpoint, ...datasetParts(place)].join("/");
}

/** Whether its files are where requests on folders look for them. Elsewhere they would make a folder beside it. */
export function isAtItsPath(dataset: Dataset, datasets: Datasets): boolean {
  return dataset.mounted && dataset.mountpoint !== null && dataset.mountpoint === pathOf(dataset.place, datasets);
}

/**
 * The dataset of all groups, or of the trash; made where it isn't there. The trash is for root alone: in it lie files
 * that their owners' sessions could write to still.
 * @returns what went wrong, or null
 */
export async function ensureFolder(context: ZfsContext, kind: "groups" | "trashes"): Promise<string | null> {
  const { host, datasets } = context;
  const place = { kind } as const;
  let there = await datasets.read([place]);
  const made = !there.has(kind);
  if (made) {
    const { err } = await ask(host, { do: "zfs-create", place, quota: null });
    there = await datasets.read([place]);
    if (!there.has(kind)) return `its parent dataset could not be made: ${err.trim()}`;
  }
  const folder = there.get(kind);
  // Somebody's own folder of groups keeps its mode.
  if (folder === undefined || !isAtItsPath(folder, there) || (kind === "groups" && !made)) return null;
  const mode = kind === "groups" ? 0o711 : 0o700;
  const { code, err } = await ask(host, { do: "make", places: [place], owner: "root", mode });
  return code === 0 ? null : `the folder of its parent dataset could not be put in order: ${err.trim()}`;
}

export function placeOf({ kind, name }: Subject): { readonly kind: Subject["kind"]; readonly name: string } {
  return { kind, name };
}

export function outcome({ kind, name }: Subject, code: OutcomeCode, problem = ""): Outcome {
  return { kind, name, code, problem };
}
