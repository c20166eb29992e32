import type { CurrentDetails, NameList, RequestedLinkDetails } from "../tables.ts";

/** More names than this are counted in the size, but not listed: every reading of the list carries them all. */
export const MOST_NAMES = 10_000;
/** Bytes of JSON that one workspace's names may take in a list. Our own API lists folders whole, page by page. */
export const MOST_NAME_BYTES = 256 * 1024;

/** Takes names for a list, or several lists together, up to the most that are listed. */
export class NameBudget {
  #names = MOST_NAMES;
  #bytes = MOST_NAME_BYTES;

  /** False: there is no room for it. */
  take(name: string): boolean {
    if (this.#names === 0) return false;
    // As JSON, where a control character takes six bytes, with what stands around it.
    const bytes = Buffer.byteLength(JSON.stringify({ name })) + 2;
    if (bytes > this.#bytes) return false;
    this.#names -= 1;
    this.#bytes -= bytes;
    return true;
  }
}

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
  // A file takes the place of a link of the same name.
  const symlinks = details.symlinks.filter(({ name }) => !added.has(name));
  return withNames({ ...details, symlinks }, names);
}

/** The details with links that were just made: one takes the place of a file of the same name. */
export function withLinks(details: CurrentDetails, made: readonly (readonly string[])[]): CurrentDetails {
  const names = made.filter(isShown).map(shownName);
  const added = new Set(names);
  const budget = new NameBudget();
  const symlinks = merge(details.symlinks, names, budget);
  return { files: details.files.filter(({ name }) => !added.has(name) && budget.take(name)), symlinks };
}

/** The details with more files' names. */
export function withNames(details: CurrentDetails, names: readonly string[]): CurrentDetails {
  const budget = new NameBudget();
  const symlinks = details.symlinks.filter(({ name }) => budget.take(name));
  return { files: merge(details.files, names, budget), symlinks };
}

/** The links that were asked for, of each name the last, as far as there is room. */
export function mergeRequested(
  list: readonly RequestedLinkDetails[],
  more: readonly RequestedLinkDetails[],
): RequestedLinkDetails[] {
  const all = new Map([...list, ...more].map((link) => [String(link.name), link]));
  let left = MOST_NAME_BYTES;
  return [...all.values()].filter((link) => {
    left -= Buffer.byteLength(JSON.stringify(link)) + 2;
    return left >= 0;
  });
}

/** Each name once, in the order of their coming, as far as there is room. */
export function merge(list: NameList, names: readonly string[], budget = new NameBudget()): NameList {
  const all = new Set([...list.map(({ name }) => name), ...names]);
  return [...all].filter((name) => budget.take(name)).map((name) => ({ name }));
}
