import { chmodSync } from "node:fs";
import { connect } from "node:net";

const FIRST_MS = 30;
const LAST_MS = 500;
/** What people wait longer for than the program takes, at most: this part of it. */
const LATER_BY = 0.05;

/** Tries the socket, less and less often, until somebody listens there; gives up when `over` says so. */
export function watchSocket(path: string, over: () => boolean, onReady: () => void): void {
  const began = performance.now();
  const attempt = (): void => {
    if (over()) return;
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      openToServer(path);
      onReady();
    });
    const wait = Math.min(Math.max((performance.now() - began) * LATER_BY, FIRST_MS), LAST_MS);
    socket.once("error", () => setTimeout(attempt, wait));
  };
  attempt();
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
