import type { WebSocket } from "ws";

export interface OpenSockets {
  /** Looks after it until it closes. */
  add(socket: WebSocket): void;
  /** Tells the client, and cuts the connection if it does not answer. */
  close(socket: WebSocket, code: number, reason: string): void;
  closeAll(code: number, reason: string): void;
  readonly size: number;
}

const pingEveryMs = 30_000;
const closeWithinMs = 5_000;
/** A client that does not read for so long that this much waits for it is gone, or is attacking. */
const mostUnsentBytes = 16 * 2 ** 20;

/** Keeps idle sockets alive through proxies, and finds the dead and the ones that never read. */
export function createOpenSockets(): OpenSockets {
  const answered = new Map<WebSocket, boolean>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    for (const [socket, alive] of answered) {
      if (!alive || socket.bufferedAmount > mostUnsentBytes) {
        socket.terminate();
        continue;
      }
      answered.set(socket, false);
      socket.ping();
    }
  }

  function close(socket: WebSocket, code: number, reason: string): void {
    // A paused socket would never see the answer to its close.
    socket.resume();
    socket.close(code, reason.slice(0, 120));
    const cut = setTimeout(() => socket.terminate(), closeWithinMs);
    cut.unref();
    socket.once("close", () => clearTimeout(cut));
  }

  return {
    add(socket) {
      timer ??= setInterval(look, pingEveryMs).unref();
      answered.set(socket, true);
      socket.on("pong", () => answered.set(socket, true));
      socket.once("close", () => {
        answered.delete(socket);
        if (answered.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
    close,
    closeAll(code, reason) {
      for (const socket of answered.keys()) close(socket, code, reason);
    },
    get size() {
      return answered.size;
    },
  };
}
