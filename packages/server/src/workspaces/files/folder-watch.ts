import { type FSWatcher, watch } from "node:fs";

/** Names that are told apart; more, and the folder counts as changed throughout. */
const MOST_NAMES = 256;
/** A program that writes without end would keep us listening without end. */
const MOST_EVENTS = 2_000;

/** Tells what has changed in a folder since it was asked last. */
export interface FolderWatch {
  /** False: the kernel told us nothing, or may have; what it says is worth nothing. */
  readonly isAlive: boolean;
  /** Names, as Latin-1, of what was made, removed, renamed or written since; asked once, then forgotten. */
  take(): ReadonlySet<string>;
  hasChanged(): boolean;
  close(): void;
}

/**
 * Has the kernel tell us of changes in a folder: of its names, and of the contents of its files. Not told are writes by
 * another name of the same file, and by other machines.
 * @param path the open folder's, in /proc: what is swapped meanwhile is not watched in its place
 * @returns null where the kernel has no watch left for us
 */
export function watchFolder(path: string): FolderWatch | null {
  let changed = new Set<string>();
  let isAlive = true;
  let events = 0;
  let watcher: FSWatcher;
  const end = () => {
    isAlive = false;
    watcher.close();
  };
  try {
    watcher = watch(path, { persistent: false, encoding: "latin1" as BufferEncoding }, (_event, name) => {
      events += 1;
      if (name === null || changed.size >= MOST_NAMES || events >= MOST_EVENTS) return end();
      changed.add(name);
    });
  } catch {
    return null;
  }
  watcher.on("error", end);
  return {
    get isAlive() {
      return isAlive;
    },
    take() {
      const names = changed;
      changed = new Set();
      events = 0;
      return names;
    },
    hasChanged: () => changed.size > 0,
    close: end,
  };
}
