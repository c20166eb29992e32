import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { RUN_FILES } from "../job-file.ts";

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
  if (lstatSync(RUN_FILES.web, { throwIfNoEntry: false })?.ino === found.ino) return true;
  try {
    rmSync(DRAFT, { force: true });
    linkSync(made, DRAFT); // of a link, the link itself
    const adopted = lstatSync(DRAFT);
    if (!adopted.isSocket() || adopted.uid !== process.getuid?.()) return false;
    chmodSync(DRAFT, 0o660);
    renameSync(DRAFT, RUN_FILES.web);
    return true;
  } catch {
    return false; // it went away meanwhile
  } finally {
    rmSync(DRAFT, { force: true });
  }
}

/** Adopts each socket that the program makes, as soon as it does. @returns stops */
export function keepAdopting(): () => void {
  const watcher = watch(RUN_FILES.sockets, () => void adoptSocket());
  watcher.on("error", () => {});
  watcher.unref();
  adoptSocket();
  return () => watcher.close();
}
