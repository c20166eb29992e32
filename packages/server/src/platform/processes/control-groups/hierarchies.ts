import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Where this machine's control groups are; absolute directories that we may make groups in. */
export interface Hierarchies {
  /** The unified hierarchy, with the controllers that it has here (in a hybrid one: none); null: there is none. */
  readonly v2: { readonly parent: string; readonly controllers: ReadonlySet<string> } | null;
  readonly v1: Readonly<Partial<Record<V1Controller, string>>>;
}

export type V1Controller = "memory" | "pids" | "cpu" | "freezer";

const V1: readonly V1Controller[] = ["memory", "pids", "cpu", "freezer"];

interface Mount {
  /** What of the hierarchy is mounted. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/**
 * Looks where groups can be made: as root at the top of each hierarchy; else in the unified one, in the highest
 * group above our own that is ours (what systemd has given to a user or a service with Delegate=yes).
 */
export function findHierarchies(): Hierarchies {
  const mounts = readMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  const unified = mounts.find(({ type }) => type === "cgroup2");
  const parent = unified === undefined ? null : isRoot() ? usable(unified.point) : delegated(unified);
  const found: Partial<Record<V1Controller, string>> = {};
  for (const { point, type, options } of isRoot() ? mounts : []) {
    if (type !== "cgroup" || usable(point) === null) continue;
    for (const name of V1) if (options.includes(name)) found[name] ??= point;
  }
  return {
    v2: parent === null ? null : { parent, controllers: new Set(words(path.join(parent, "cgroup.controllers"))) },
    v1: found,
  };
}

/**
 * The group that this process is in, as an absolute directory; null: it is not below what is mounted here.
 * @param hierarchy the unified one, or that of a controller of v1
 */
export function findOwnGroup(hierarchy: "v2" | V1Controller): string | null {
  const mount = readMounts(readFileSync("/proc/self/mountinfo", "utf8")).find(({ type, options }) =>
    hierarchy === "v2" ? type === "cgroup2" : type === "cgroup" && options.includes(hierarchy),
  );
  return mount === undefined ? null : ownGroup(mount, hierarchy);
}

/** By cgroups(7), "/proc/pid/cgroup": `number:controllers:path`, of the unified hierarchy `0::path`. */
function ownGroup({ root, point }: Mount, hierarchy: "v2" | V1Controller): string | null {
  for (const line of readFileSync("/proc/self/cgroup", "utf8").split("\n")) {
    const [, controllers, own] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || own === undefined) continue;
    if (!(hierarchy === "v2" ? controllers === "" : controllers.split(",").includes(hierarchy))) continue;
    const below = path.relative(root, own);
    return below.startsWith("..") ? null : path.join(point, below);
  }
  return null;
}

/** proc(5), "mountinfo". */
export function readMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [fields = "", rest = ""] = line.split(" - ");
    const [, , , root, point] = fields.split(" ");
    const [type, , options] = rest.split(" ");
    if (root === undefined || point === undefined || type === undefined || options === undefined) return [];
    return [{ root, point, type, options: options.split(",") }];
  });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function usable(folder: string): string | null {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return folder;
  } catch {
    return null;
  }
}

/** The highest group above our own that belongs to us: processes can be moved between any two below it. */
function delegated(mount: Mount): string | null {
  const own = ownGroup(mount, "v2");
  if (own === null) return null;
  let highest: string | null = null;
  for (let at = own; at.startsWith(`${mount.point}/`); at = path.dirname(at)) {
    if (!isOurs(at)) break;
    highest = at;
  }
  return highest;
}

function isOurs(folder: string): boolean {
  const uid = process.getuid?.();
  const names = ["", "cgroup.procs", "cgroup.subtree_control"];
  return names.every((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.uid === uid);
}

/**
 * Whether a group of the unified hierarchy may give controllers to those in it. One that holds processes itself may not,
 * but for the whole machine's: some controllers it would take, and then nothing could enter those groups any more
 * (Documentation/admin-guide/cgroup-v2, "Threads").
 */
export function mayPassOn(group: string): boolean {
  const isWholeMachine = !existsSync(path.join(group, "cgroup.type"));
  if (isWholeMachine) return true;
  // Of one that is threaded already the processes can't be read.
  return (
    words(path.join(group, "cgroup.type")).join() === "domain" && words(path.join(group, "cgroup.procs")).length === 0
  );
}

/** The words of a file; none when there is no such file. */
export function words(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}
