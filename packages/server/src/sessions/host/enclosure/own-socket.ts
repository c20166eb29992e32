import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { RUN_FILES } from "../job-file.ts";

/** For its account and the folder's group, which is the server's. */
const OPEN = 0o660;
const DRAFT = `${RUN_FILES.web}.new`;

/** The one folder of the run folder that an enclosed program sees: for its socket. */
export function makeSocketFolder(): void {
  mkdirSync(RUN_FILES.sockets, { recursive: true, mode: 0o700 });
}

/**
 * Gives the socket that an enclosed program makes in its folder the name in the run folder by which it is reached: the
 * same socket under a second name, in a folder where the program can put nothing else in its place.
 * @returns whether there is one
 */
export function adoptSocket(): boolean {
  const made = join(RUN_FILES.sockets, RUN_FILES.web);
  const found = lstatSync(made, { throwIfNoEntry: false });
  if (found === undefined) return false;
  try {
    const present = lstatSync(RUN_FILES.web, { throwIfNoEntry: false });
    if (present?.ino === found.ino) {
      // Programs that close it to others as soon as they made it close it to the server, too.
      if ((present.mode & 0o777) !== OPEN) chmodSync(RUN_FILES.web, OPEN);
      return true;
    }
    rmSync(DRAFT, { force: true });
    linkSync(made, DRAFT); // of a link, the link itself
    const adopted = lstatSync(DRAFT);
    if (!adopted.isSocket() || adopted.uid !== process.getuid?.()) return false;
    chmodSync(DRAFT, OPEN);
    renameSync(DRAFT, RUN_FILES.web);
    return true;
  } catch {
    return false; // it went away meanwhile
  } finally {
    rmSync(DRAFT, { force: true });
  }
}

/** Starts to watch a folder; null: that can't be done here. */
type WatchFolder = (folder: string, onChange: () => void) => { close(): void } | null;

const LOOK_AGAIN_MS = 2000;

/**
 * Adopts each socket that the program makes, as soon as it does: by a watch, and by a look now and then, for an account
 * may have only so many watches, and on some file systems they say nothing.
 * @returns stops
 */
export function keepAdopting({ watchFolder = watched as WatchFolder, everyMs = LOOK_AGAIN_MS } = {}): () => void {
  const watcher = tryToWatch(watchFolder);
  const timer = setInterval(adoptSocket, everyMs);
  timer.unref();
  adoptSocket();
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
}

function tryToWatch(watchFolder: WatchFolder): ReturnType<WatchFolder> {
  try {
    return watchFolder(RUN_FILES.sockets, () => void adoptSocket());
  } catch {
    return null; // the program runs already, and it is looked for all the same
  }
}

function watched(folder: string, onChange: () => void): ReturnType<WatchFolder> {
  const watcher = watch(folder, onChange);
  watcher.on("error", () => {});
  watcher.unref();
  return watcher;
}
