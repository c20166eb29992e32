import { writeSync } from "node:fs";

/** What we need of node-pty's terminal that its types leave out. */
export interface PtyInternals {
  readonly fd: number;
  readonly _socket: { readonly destroyed: boolean };
}

/** Keystrokes on their way to a program that may not be reading. */
export interface PtyInput {
  write(bytes: Uint8Array): void;
  /** Bytes that the program has not taken yet. */
  readonly waiting: number;
}

const RETRY_MS = 5;
const PART = 65_536;

/**
 * node-pty's own `write` blocks the whole process when the program does not read (libuv writes to the master
 * side in blocking mode), and then nobody could even press Ctrl-C. So we write to the non-blocking descriptor
 * ourselves and try again a little later when it is full.
 */
export function createPtyInput(pty: PtyInternals): PtyInput {
  let queue: Uint8Array[] = [];
  let waiting = 0;
  let timer: NodeJS.Timeout | null = null;

  const drop = (): void => {
    queue = [];
    waiting = 0;
  };
  const flush = (): void => {
    timer = null;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      // A closed descriptor's number may already be another file's.
      if (pty._socket.destroyed) {
        drop();
        return;
      }
      try {
        const written = writeSync(pty.fd, head, 0, Math.min(head.length, PART));
        waiting -= written;
        if (written === head.length) queue.shift();
        else queue[0] = head.subarray(written);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") timer = setTimeout(flush, RETRY_MS);
        else drop();
        return;
      }
    }
  };

  return {
    get waiting() {
      return waiting;
    },
    write(bytes) {
      if (bytes.length === 0) return;
      queue.push(bytes);
      waiting += bytes.length;
      if (timer === null) flush();
    },
  };
}
