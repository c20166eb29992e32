import { constants } from "node:fs";
import { chmod, chown, type FileHandle, mkdir, open } from "node:fs/promises";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
/** Names a file without opening it; Node has no constant for it (fcntl.h, the same on x64 and arm64). */
const O_PATH = 0o10000000;

/** Opens one name in an open directory for what it is itself: a link is not followed, a FIFO does not block. */
export function nameIn(directory: FileHandle, name: string | Buffer): Promise<FileHandle> {
  return open(inside(directory, name), O_PATH | O_NOFOLLOW);
}

/** The same for a directory, to read it. */
export function folderIn(directory: FileHandle, name: string | Buffer): Promise<FileHandle> {
  return open(inside(directory, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** A directory by its path: of the operator's own making, so links in it are theirs. */
export function trustedFolder(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_DIRECTORY);
}

/** The address of one name in an open directory. */
export function inside(directory: FileHandle, name: string | Buffer): string | Buffer {
  const here = `/proc/self/fd/${directory.fd}/`;
  return typeof name === "string" ? here + name : Buffer.concat([Buffer.from(here), name]);
}

/** Changes the owner of the very file that is held, a link itself included. */
export function giveHeld(held: FileHandle, uid: number, gid: number): Promise<void> {
  return chown(`/proc/self/fd/${held.fd}`, uid, gid);
}

export function setModeOfHeld(held: FileHandle, mode: number): Promise<void> {
  return chmod(`/proc/self/fd/${held.fd}`, mode);
}

/** Makes a directory that nobody else can enter yet; null: the name is taken. */
export async function makeClosedFolder(parent: FileHandle, name: string): Promise<FileHandle | null> {
  try {
    await mkdir(inside(parent, name), { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null;
    throw error;
  }
  return folderIn(parent, name);
}
