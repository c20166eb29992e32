import { type FolderWatch, watchFolder } from "./folder-watch.ts";

/** In the place of a size: what is no regular file. */
export const LINK = -1;
export const OTHER = -2;

/** What a folder held when it was last looked through, watched since before that. */
export interface FolderRecord {
  readonly watch: FolderWatch;
  /** Of the folder itself: changes when a name comes or goes. */
  readonly ctimeMs: number;
  /** Then it is read anew, whatever the watch says; ms since 1970. */
  readonly until: number;
  /** As the disk has them, in Latin-1. */
  readonly folders: readonly string[];
  /** All else, joined by slashes: a tenth of what as many strings would take. */
  readonly names: string;
  /** In the order of `names`; bytes, or what it is. */
  readonly sizes: Float64Array;
  /** Files with a second name, through which they can change without our being told. */
  readonly twins: readonly string[];
}

export type FolderMemory = Map<string, FolderRecord>;

/** Trees that are read anew each time: it takes a tenth of a second. */
export const SMALL_TREE = 20_000;
const MOST_TREES = 8;
/** The kernel has some ten thousand for each account, which sessions want as well. */
const MOST_WATCHES = 8_192;
/**
 * The kernel drops what it can't queue, and tells nobody; nor does it tell of a second name that a file gets elsewhere.
 * Spread, so that not all is read anew at once.
 */
const TRUST_MS = 10 * 60_000;

/**
 * Remembers the folders of the large trees that were looked through lately, so that the next scan of one looks only
 * at what changed. Lost without harm: the next scan then reads all.
 */
export class ScanMemory {
  readonly #trees = new Map<string, FolderMemory>();
  #watches = 0;

  recall(tree: string): FolderMemory {
    return this.#trees.get(tree) ?? new Map();
  }

  /** To be called before the folder is read, so that nothing changes unseen. Null: it can't be remembered. */
  watch(path: string): FolderWatch | null {
    if (this.#watches >= MOST_WATCHES) return null;
    const watch = watchFolder(path);
    if (watch !== null) this.#watches += 1;
    return watch;
  }

  unwatch(watch: FolderWatch): void {
    watch.close();
    this.#watches -= 1;
  }

  keep(tree: string, folders: FolderMemory): void {
    const before = this.recall(tree);
    this.#trees.delete(tree);
    if (folders.size > 0) this.#trees.set(tree, folders);
    const kept = watchesOf(folders);
    for (const watch of watchesOf(before)) if (!kept.has(watch)) this.unwatch(watch);
    const [oldest] = this.#trees.keys();
    if (oldest !== undefined && this.#trees.size > MOST_TREES) this.forget(oldest, new Map());
  }

  /** @param unfinished what a scan that was given up had found: changes it was told of are not told again */
  forget(tree: string, unfinished: FolderMemory): void {
    const all = new Set([...watchesOf(this.recall(tree)), ...watchesOf(unfinished)]);
    this.#trees.delete(tree);
    for (const watch of all) this.unwatch(watch);
  }
}

function watchesOf(folders: FolderMemory): Set<FolderWatch> {
  return new Set([...folders.values()].map(({ watch }) => watch));
}

export function trustedUntil(now: number): number {
  return now + TRUST_MS * (0.5 + Math.random());
}
