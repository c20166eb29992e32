import { chmodSync } from "node:fs";
import { connect } from "node:net";

const FIRST_MS = 30;
const LAST_MS = 500;

/** Tries the socket, less and less often, until somebody listens there; gives up when `over` says so. */
export function watchSocket(path: string, over: () => boolean, onReady: () => void): void {
  const attempt = (wait: number): void => {
    if (over()) return;
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      openToServer(path);
      onReady();
    });
    socket.once("error", () => setTimeout(attempt, wait, Math.min(wait * 1.5, LAST_MS)));
  };
  attempt(FIRST_MS);
}

/**
 * Lets the folder's group connect, which is the server's where the session runs as somebody else: many programs make
 * their sockets for their own account only. Who else comes to it, the folder says.
 */
export function openToServer(path: string): void {
  try {
    chmodSync(path, 0o660);
  } catch {
    // not there, or not ours
  }
}
