/** What the session's host says besides the terminal's bytes (its tty-protocol). */
export type HostFrame =
  | {
      readonly type: "hello";
      readonly cols: number;
      readonly rows: number;
      readonly replay: number;
      readonly printed: number;
    }
  | { readonly type: "resync"; readonly replay: number; readonly printed: number }
  | { readonly type: "size"; readonly cols: number; readonly rows: number }
  | { readonly type: "pong" }
  | { readonly type: "exit"; readonly status: number | null };

export type ConnectionState = "connecting" | "open" | "reconnecting" | "ended" | "refused";

export interface SocketEvents {
  onState(state: ConnectionState, reason: string): void;
  onFrame(frame: HostFrame): void;
  onBytes(bytes: Uint8Array): void;
}

/** Milliseconds before the next try: half a second, doubling up to eight, spread by a third. */
export function retryDelay(failures: number, random = Math.random()): number {
  return Math.min(8_000, 500 * 2 ** failures) * (1 + random / 3);
}

/** Closed for good by the server (not found, no right, signed out): trying again changes nothing. */
export const isRefusal = (code: number): boolean => code === 1008 || (code >= 4400 && code < 4500);

export interface TerminalSocket {
  send(bytes: string | Uint8Array): void;
  resize(cols: number, rows: number): void;
  shown(bytes: number): void;
  /** Tries again now if it waits to. */
  hurry(): void;
  close(): void;
}

/** The session's terminal over one WebSocket at a time; a lost one is opened anew until it is refused or ended. */
export function openTerminalSocket(
  address: string,
  room: { readonly cols: number; readonly rows: number },
  events: SocketEvents,
): TerminalSocket {
  let socket: WebSocket | null = null;
  let failures = 0;
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let size = room;
  const encoder = new TextEncoder();
  const sendFrame = (frame: Readonly<Record<string, unknown>>) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };

  const receive = (data: unknown) => {
    if (data instanceof ArrayBuffer) return events.onBytes(new Uint8Array(data));
    const frame = JSON.parse(String(data)) as HostFrame;
    if (frame.type === "hello") {
      failures = 0;
      events.onState("open", "");
    }
    if (frame.type === "exit") over = true;
    events.onFrame(frame);
    if (frame.type === "exit") events.onState("ended", "");
  };
  const connect = () => {
    timer = undefined;
    socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => sendFrame({ type: "resize", ...size });
    socket.onmessage = (event) => receive(event.data);
    socket.onclose = ({ code, reason }) => {
      if (over) return;
      if (isRefusal(code)) {
        over = true;
        return events.onState("refused", reason);
      }
      events.onState("reconnecting", reason);
      timer = setTimeout(connect, retryDelay(failures++));
    };
  };
  // Proxies drop what is silent for a minute.
  const heartbeat = setInterval(() => sendFrame({ type: "ping" }), 25_000);

  events.onState("connecting", "");
  connect();
  return {
    send: (bytes) => {
      if (socket?.readyState !== WebSocket.OPEN) return;
      socket.send(typeof bytes === "string" ? encoder.encode(bytes) : new Uint8Array(bytes));
    },
    resize: (cols, rows) => {
      size = { cols, rows };
      sendFrame({ type: "resize", cols, rows });
    },
    shown: (bytes) => sendFrame({ type: "ack", bytes }),
    hurry: () => {
      if (timer === undefined || over) return;
      clearTimeout(timer);
      connect();
    },
    close: () => {
      over = true;
      clearTimeout(timer);
      clearInterval(heartbeat);
      socket?.close();
    },
  };
}
