import type { CurrentDetails, NameList } from "../tables.ts";

/** More names than this are counted in the size, but not listed: every reading of the list carries them all. */
export const MOST_NAMES = 10_000;

/** Contract 3 leaves out dot files, and what lies in dot folders. */
export function isShown(parts: readonly string[]): boolean {
  return !parts.some((part) => part.startsWith("."));
}

export function shownName(parts: readonly string[]): string {
  return `/${parts.join("/")}`;
}

/** The details with files that were just written: a scan will look at the rest. */
export function withFiles(details: CurrentDetails, written: readonly (readonly string[])[]): CurrentDetails {
  const names = written.filter(isShown).map(shownName);
  const added = new Set(names);
  return {
    files: merge(details.files, names),
    // A file takes the place of a link of the same name.
    symlinks: details.symlinks.filter(({ name }) => !added.has(name)),
  };
}

/** Each name once, in the order of their coming, up to the most that are listed. */
export function merge(list: NameList, names: readonly string[]): NameList {
  const all = new Set([...list.map(({ name }) => name), ...names]);
  return [...all].slice(0, MOST_NAMES).map((name) => ({ name }));
}
