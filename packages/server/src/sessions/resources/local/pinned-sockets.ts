import { closeSync, constants, fstatSync, openSync } from "node:fs";

/** Names a file without opening it; Node has no constant for it (fcntl.h, the same on x64 and arm64). */
const O_PATH = 0o10000000;
/** Sockets of one name that a session may have had, one after another. */
const MOST_OF_ONE_NAME = 8;
/** Milliseconds after a session's end until its numbers may be another's: whoever still connects finds nobody. */
const KEPT_AFTER_END_MS = 600_000;
/** Where nothing listens. */
const NOWHERE = "/proc/self/fd/none";

interface Pin {
  readonly fd: number;
  readonly inode: bigint;
}

/**
 * Addresses of sockets in folders that their session's owner writes into. By its name a socket may at the next moment
 * be a link to another person's, or to the database's. So it is held by a descriptor, checked to be a socket of the
 * owner's, and reached through the descriptor: what was checked is what is connected to.
 */
export interface PinnedSockets {
  /** An address to connect to; one where nobody answers, while there is no such socket. */
  address(folder: string, jobId: number, name: string): string;
  /** The session has ended. */
  release(jobId: number): void;
  close(): void;
}

export function createPinnedSockets(): PinnedSockets {
  const pins = new Map<number, Map<string, Pin[]>>();
  const leaving = new Set<number>();

  function drop(jobId: number): void {
    for (const held of pins.get(jobId)?.values() ?? []) for (const { fd } of held) closeSync(fd);
    pins.delete(jobId);
    leaving.delete(jobId);
  }

  return {
    address(folder, jobId, name) {
      const fd = open(`${folder}/${name}`);
      if (fd === null) return NOWHERE;
      const found = fstatSync(fd, { bigint: true });
      const owner = ownerOf(folder);
      const names = pins.get(jobId) ?? new Map<string, Pin[]>();
      const held = names.get(name) ?? [];
      const known = held.find((pin) => pin.inode === found.ino);
      if (known !== undefined || !found.isSocket() || found.uid !== owner || held.length >= MOST_OF_ONE_NAME) {
        closeSync(fd);
        return known === undefined ? NOWHERE : `/proc/self/fd/${known.fd}`;
      }
      pins.set(jobId, names.set(name, [...held, { fd, inode: found.ino }]));
      return `/proc/self/fd/${fd}`;
    },
    release(jobId) {
      if (!pins.has(jobId) || leaving.has(jobId)) return;
      leaving.add(jobId);
      setTimeout(drop, KEPT_AFTER_END_MS, jobId).unref();
    },
    close() {
      for (const jobId of [...pins.keys()]) drop(jobId);
    },
  };
}

function open(path: string): number | null {
  try {
    return openSync(path, O_PATH | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
}

/** The folder's name is in a directory of the server's own: it means what it says. */
function ownerOf(folder: string): bigint | null {
  const fd = open(folder);
  if (fd === null) return null;
  try {
    return fstatSync(fd, { bigint: true }).uid;
  } finally {
    closeSync(fd);
  }
}
