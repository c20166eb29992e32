import { backEndProblem } from "../../back-end-problems.ts";
import type { Place, StorageHost } from "../../hosts/contract.ts";
import { BackEndAway, type Counted, keyOf, type LeftAlone } from "../contract.ts";
import { ask, saidBy } from "./ask.ts";
import { namedOtherwise, placeOfDataset } from "./dataset-names.ts";

/** A dataset as ZFS has it. Sizes are bytes; 0 as a quota: none. */
export interface Dataset {
  readonly place: Place;
  /** What has files; else a volume. */
  readonly isFilesystem: boolean;
  readonly quota: number;
  readonly refquota: number;
  /** All that `quota` counts: its files, its snapshots, what lies below it. */
  readonly used: number;
  /** What `refquota` counts: its files. */
  readonly referenced: number;
  readonly available: number;
  readonly mounted: boolean;
  /** True where ZFS mounts it by itself. */
  readonly mounts: boolean;
  /** Null: none, or left to /etc/fstab. */
  readonly mountpoint: string | null;
  readonly readOnly: boolean;
}

const SIZES = ["quota", "refquota", "used", "referenced"] as const;
const ALL = ["type", ...SIZES, "available", "mounted", "canmount", "mountpoint", "readonly"] as const;

/** By `keyOf`; of `base`, `groups` and `trashes` by their kind. */
export type Datasets = ReadonlyMap<string, Dataset>;

export interface DatasetReader {
  /** These, where they are there, and the base. @throws BackEndAway when the base isn't there */
  read(places: readonly Place[]): Promise<Datasets>;
  /** What lies directly in it; none when it isn't there. @throws BackEndAway when the base isn't there */
  readBelow(place: Place): Promise<Datasets>;
  /** What counts of each, and how much; of users and groups by `keyOf`. @throws BackEndAway when the base isn't there */
  count(): Promise<ReadonlyMap<string, Counted>>;
  /** What lies where subjects do under another name than one of ours. @throws BackEndAway when the base isn't there */
  leftAlone(): Promise<readonly LeftAlone[]>;
}

const BASE: Place = { kind: "base" };
/** Of one command: over SSH they are one argument list all the same. */
const MOST = 500;

export function createDatasetReader(host: StorageHost, base: string): DatasetReader {
  async function get(places: readonly Place[], recursive: boolean, properties: readonly string[]) {
    const answer = await ask(host, { do: "zfs-get", properties, places, recursive });
    return { answer, found: toDatasets(parse(answer.out, base)) };
  }

  /** Without its base nothing is known of what lies below: the pool was exported, or another one is here. */
  function withBase({ answer, found }: Awaited<ReturnType<typeof get>>): Map<string, Dataset> {
    if (found.has("base")) return found;
    throw new BackEndAway(backEndProblem("dataset_missing", { base, said: saidBy(answer) }));
  }

  const read = async (places: readonly Place[]): Promise<Datasets> => {
    const all = new Map<string, Dataset>();
    for (let at = 0; at === 0 || at < places.length; at += MOST) {
      const found = withBase(await get([BASE, ...places.slice(at, at + MOST)], false, ALL));
      for (const [key, dataset] of found) all.set(key, dataset);
    }
    return all;
  };

  return {
    read,
    async readBelow(place) {
      if (!(await read([place])).has(placeKey(place))) return new Map();
      return (await get([place], true, ALL)).found;
    },
    async count() {
      const people = withBase(await get([BASE], true, ["type", ...SIZES]));
      const groups = people.has("groups") ? (await get([{ kind: "groups" }], true, ["type", ...SIZES])).found : [];
      const counted = new Map<string, Counted>();
      for (const [key, dataset] of [...people, ...groups]) {
        if (isSubject(dataset)) counted.set(key, countedOf(dataset));
      }
      return counted;
    },
    async leftAlone() {
      const below = async (place: Place) => get([place], true, ["type"]);
      const people = await below(BASE);
      const groups = withBase(people).has("groups") ? (await below({ kind: "groups" })).answer.out : "";
      const lines = `${people.answer.out}${groups}`.split("\n");
      const names = new Set(lines.map((line) => line.split("\t", 1)[0] ?? ""));
      return [...names].flatMap((name) => (name.includes("@") ? [] : (namedOtherwise(name, base) ?? [])));
    },
  };
}

/** A user's or group's own, with files. */
export function isSubject({ place, isFilesystem }: Dataset): boolean {
  return isFilesystem && (place.kind === "user" || place.kind === "group");
}

/**
 * The quota that holds it and what that counts. Stoa sets `quota`, as contract 1's original did. Where somebody had
 * given a `refquota` alone, that is taken over, changed and answered instead.
 */
export function countedOf(dataset: Dataset): Counted {
  return quotaPropertyOf(dataset) === "quota"
    ? { quota: dataset.quota, used: dataset.used }
    : { quota: dataset.refquota, used: dataset.referenced };
}

export function quotaPropertyOf({ quota, refquota }: Dataset): "quota" | "refquota" {
  return quota === 0 && refquota > 0 ? "refquota" : "quota";
}

export function placeKey(place: Place): string {
  return "name" in place ? keyOf(place) : place.kind;
}

type Found = Map<string, { readonly place: Place; readonly values: Map<string, string> }>;

/** Lines of `zfs get`; those of snapshots (`@`) and of what isn't ours left out. */
function parse(out: string, base: string): Found {
  const found: Found = new Map();
  let [last, at]: [string, Map<string, string> | null] = ["", null];
  for (const line of out.split("\n")) {
    const [name = "", property = "", value = ""] = line.split("\t");
    if (name !== last) {
      const place = name.includes("@") ? null : placeOfDataset(name, base);
      at = place === null ? null : new Map();
      if (place !== null && at !== null) found.set(placeKey(place), { place, values: at });
      last = name;
    }
    at?.set(property, value);
  }
  return found;
}

function toDatasets(found: Found): Map<string, Dataset> {
  const datasets = new Map<string, Dataset>();
  for (const [key, { place, values }] of found) {
    const size = (property: string): number => Number(values.get(property)) || 0;
    const mountpoint = values.get("mountpoint") ?? "";
    datasets.set(key, {
      place,
      isFilesystem: values.get("type") === "filesystem",
      quota: size("quota"),
      refquota: size("refquota"),
      used: size("used"),
      referenced: size("referenced"),
      available: size("available"),
      mounted: values.get("mounted") === "yes",
      mounts: values.get("canmount") === "on" && mountpoint.startsWith("/"),
      mountpoint: mountpoint.startsWith("/") ? mountpoint : null,
      readOnly: values.get("readonly") === "on",
    });
  }
  return datasets;
}
