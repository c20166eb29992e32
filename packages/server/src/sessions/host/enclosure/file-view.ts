import { type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Enclosure } from "../job-file.ts";

/** Where an enclosure has what is ours in it; /run itself is empty in there. */
export const INSIDE = {
  /** The folder of the program's socket. */
  sockets: "/run/stoa/session",
  node: "/run/stoa/node",
  bridge: "/run/stoa/bridge",
} as const;

export type Seen = Pick<Enclosure, "writable" | "hidden" | "readable" | "temporaryBytes">;

/** A path of the machine that shows at another place in there. */
export interface Shown {
  readonly source: string;
  readonly at: string;
  readonly writable: boolean;
}

/** Folders in which everybody of a machine meets, by files or by sockets. */
const MEETING_PLACES = ["/tmp", "/var/tmp", "/run"] as const;
/** Programs look into it for what changes, as the list of accounts: where modes keep its secrets it stays as it is. */
const SYSTEM: ReadonlySet<string> = new Set(["/etc"]);
const MOST_ITEMS = 1000;
/** People compute on these; who may use them, their own modes say. */
const DEVICES = /^(nvidia|dri$|kfd$|infiniband$|fuse$)/;

/**
 * bubblewrap's arguments for what is seen of the machine: all of it, read-only, but for what is hidden and what can be
 * written to. Of a path within another the longer one decides.
 * @param alone nothing but the enclosure keeps its processes from what is hidden: they run as the server's own account
 */
export function fileView(enclosure: Seen, shown: readonly Shown[], alone: boolean): string[] {
  const writable = enclosure.writable.flatMap((path) => placeOf(path, enclosure.hidden));
  const hidden = enclosure.hidden.flatMap(realPath);
  const rebuilt = foldersOfHidden(enclosure).filter(({ folder }) => alone || !SYSTEM.has(folder));
  const readable = (enclosure.readable ?? []).flatMap(realPath);
  const places = [
    ...hidden.map((path) => ({ path, mount: hide(path) })),
    ...rebuilt.map(({ folder, shown }) => ({ path: folder, mount: anew(folder, shown) })),
    ...readable.map((path) => ({ path, mount: ["--ro-bind", path, path] })),
    // Later, so that what is both stays to be written to.
    ...writable.map(({ source, at }) => ({ path: at, mount: ["--bind", source, at] })),
  ].sort((one, other) => depth(one.path) - depth(other.path));
  return [
    ...["--ro-bind", "/", "/"],
    ...["--dev", "/dev", ...devices(), ...temporary("/dev/shm", enclosure)],
    ...["--proc", "/proc"],
    ...MEETING_PLACES.flatMap(realPath).flatMap((path) => temporary(path, enclosure)),
    ...places.flatMap(({ mount }) => mount),
    ...shown.flatMap(({ source, at, writable: open }) => [open ? "--bind" : "--ro-bind", source, at]),
    // What is empty stays so: nobody may fill the machine's memory there.
    ...hidden
      .filter((path) => isFolder(path) && !writable.some(({ at }) => at === path))
      .flatMap((path) => ["--remount-ro", path]),
    ...rebuilt.flatMap(({ folder }) => ["--remount-ro", folder]),
    ...["--remount-ro", "/run"],
  ];
}

/**
 * Where what can be written to is, and where it shows: there too, but for what a link in a hidden folder leads to. That
 * folder's link is the server's, and what it leads to (somebody's storage) shows where the link is. One link is
 * followed, no other: behind it its owner may have put more. None: it isn't there.
 */
function placeOf(path: string, hidden: readonly string[]): { readonly source: string; readonly at: string }[] {
  const [source] = realPath(path);
  if (source === undefined) return [];
  const root = hidden.find((folder) => path.startsWith(`${folder}/`));
  const at = root === undefined ? source : join(realPath(root)[0] ?? root, path.slice(root.length));
  if (root === undefined || at === source) return [{ source, at: source }];
  return throughOneLink(at) === source ? [{ source, at }] : [];
}

/** Where a path leads when the first link on it is followed; null: there is none. */
function throughOneLink(path: string): string | null {
  for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) {
    const folder = path.slice(0, end);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
      return join(readlinkSync(folder), path.slice(end));
    }
  }
  return null;
}

/** The file that says which name servers are asked, wherever links lead to it; null: there is none. */
export function resolverFile(): string | null {
  return realPath("/etc/resolv.conf")[0] ?? null;
}

/** What of /run the machine's name resolution needs, where nothing else takes its place. */
export function ownResolver(): Shown[] {
  const file = resolverFile();
  return file !== null && dirname(file).startsWith("/run/") ? [{ source: file, at: file, writable: false }] : [];
}

/** Whether what lies there is the same in the enclosure. */
export function isSeen(path: string, enclosure: Seen): boolean {
  const real = realPath(path)[0] ?? path;
  const covering = (paths: readonly string[]): number =>
    Math.max(
      -1,
      ...paths.flatMap(realPath).map((one) => (real === one || real.startsWith(`${one}/`) ? one.length : -1)),
    );
  return (
    covering([...enclosure.writable, ...(enclosure.readable ?? [])]) >=
    covering([...enclosure.hidden, ...MEETING_PLACES])
  );
}

function temporary(path: string, { temporaryBytes }: Seen): string[] {
  return [...(temporaryBytes === undefined ? [] : ["--size", String(temporaryBytes)]), "--tmpfs", path];
}

function hide(path: string): string[] {
  return isFolder(path) ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path];
}

function devices(): string[] {
  const names = readdirSync("/dev").filter((name) => DEVICES.test(name));
  return names.flatMap((name) => ["--dev-bind-try", `/dev/${name}`, `/dev/${name}`]);
}

interface Rebuilt {
  readonly folder: string;
  /** All that is in it but what is hidden. */
  readonly shown: readonly Dirent[];
}

/**
 * The folders of hidden files. What lies over a file goes when somebody puts another in its place, as editors and
 * rotations do, and over one that is not there yet nothing can lie: so their folder is shown without them.
 */
function foldersOfHidden(enclosure: Seen): Rebuilt[] {
  const names = new Map<string, Set<string>>();
  for (const path of enclosure.hidden) {
    const real = realPath(path)[0];
    if (real !== undefined && isFolder(real)) continue;
    const folder = realPath(dirname(real ?? path))[0];
    if (folder === undefined || folder === "/" || !isSeen(folder, enclosure)) continue;
    if (enclosure.writable.flatMap(realPath).some((one) => `${folder}/`.startsWith(`${one}/`))) continue;
    names.set(folder, (names.get(folder) ?? new Set()).add(basename(real ?? path)));
  }
  return [...names].flatMap(([folder, without]) => {
    const all = itemsOf(folder);
    return all === null ? [] : [{ folder, shown: all.filter(({ name }) => !without.has(name)) }];
  });
}

/** Null: this account can't list it, or there are too many to show one by one. */
function itemsOf(folder: string): readonly Dirent[] | null {
  try {
    const all = readdirSync(folder, { withFileTypes: true });
    return all.length > MOST_ITEMS ? null : all;
  } catch {
    return null;
  }
}

/** A folder with what is in it now; what comes later does not show. */
function anew(folder: string, shown: readonly Dirent[]): string[] {
  return [
    ...["--tmpfs", folder],
    ...shown.flatMap((item) => {
      const path = join(folder, item.name);
      return item.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind-try", path, path];
    }),
  ];
}

/** Without links in it: bubblewrap would take a link for the place itself. None: it isn't there. */
function realPath(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function depth(path: string): number {
  return path.split("/").length;
}
