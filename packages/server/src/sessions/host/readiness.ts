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
      onReady();
    });
    socket.once("error", () => setTimeout(attempt, wait, Math.min(wait * 1.5, LAST_MS)));
  };
  attempt(FIRST_MS);
}
