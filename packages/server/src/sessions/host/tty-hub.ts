import type { WebSocket } from "ws";
import type { ExitFile } from "./job-file.ts";
import type { Program } from "./program.ts";
import type { Scrollback } from "./scrollback.ts";
import { sizeMark } from "./size-mark.ts";
import { type FromHost, parseFromClient } from "./tty-protocol.ts";

/** Everybody who looks at one terminal: all see the same, and all may type but those who only look. */
export interface TtyHub {
  attach(socket: WebSocket, looksOnly: boolean): void;
  output(chunk: Buffer): void;
  programStarted(program: Program): void;
  ended(exit: ExitFile): void;
  readonly attached: number;
}

interface Client {
  readonly socket: WebSocket;
  readonly looksOnly: boolean;
  size: { readonly cols: number; readonly rows: number } | null;
  sent: number;
  /** Null until the client acknowledges for the first time. */
  shown: number | null;
  lagging: boolean;
}

/** Bytes under way to one client, besides what it is shown at first, before we stop and let it catch up. */
const LAG_BYTES = 1_000_000;
const CAUGHT_UP_BYTES = 64_000;
const CATCH_UP_MS = 50;
/** As programs are started; the first window that looks at it decides another. */
const FIRST_SIZE: { readonly cols: number; readonly rows: number } = { cols: 80, rows: 24 };
/** Bytes that a program may leave unread before its writers have to wait. */
const INPUT_BYTES = 256_000;

/** @param onMark told what stands in the output where the screen got another size, also for what is kept of it */
export function createTtyHub(jobId: number, scrollback: Scrollback, onMark: (mark: Buffer) => void = () => {}): TtyHub {
  const clients = new Set<Client>();
  let program: Program | null = null;
  let size = FIRST_SIZE;
  let exit: ExitFile | null = null;

  const tell = (client: Client, frame: FromHost): void => client.socket.send(JSON.stringify(frame));
  const send = (client: Client, bytes: Buffer): void => {
    if (bytes.length === 0) return;
    client.sent += bytes.length;
    client.socket.send(bytes, { binary: true });
  };
  const tellExit = (client: Client, how: ExitFile): void => {
    tell(client, { type: "exit", status: how.code, signal: how.signal, cause: how.cause });
  };

  const output = (chunk: Buffer): void => {
    scrollback.push(chunk);
    for (const client of clients) {
      if (client.lagging) continue;
      if (underWay(client) + chunk.length <= scrollback.capacity + LAG_BYTES) send(client, chunk);
      else {
        client.lagging = true;
        setTimeout(resync, CATCH_UP_MS, client);
      }
    }
  };

  const mark = (): void => {
    const bytes = sizeMark(size);
    onMark(bytes);
    output(bytes);
  };

  const resize = (): void => {
    const sizes = [...clients].map((client) => client.size).filter((value) => value !== null);
    if (sizes.length === 0) return;
    const next = { cols: Math.min(...sizes.map((s) => s.cols)), rows: Math.min(...sizes.map((s) => s.rows)) };
    if (next.cols === size.cols && next.rows === size.rows) return;
    size = next;
    if (exit === null && program !== null) {
      mark();
      program.resize(size.cols, size.rows);
    }
    for (const client of clients) tell(client, { type: "size", ...size });
  };

  const resync = (client: Client): void => {
    if (!clients.has(client)) return;
    if (underWay(client) > CAUGHT_UP_BYTES) {
      setTimeout(resync, CATCH_UP_MS, client);
      return;
    }
    client.lagging = false;
    const bytes = scrollback.snapshot();
    tell(client, { type: "resync", replay: bytes.length, printed: scrollback.total });
    send(client, bytes);
    if (exit !== null) tellExit(client, exit);
  };

  const type = (client: Client, bytes: Buffer): void => {
    if (program === null || exit !== null || client.looksOnly) return;
    program.write(bytes);
    if (program.inputWaiting > INPUT_BYTES) holdBack(client.socket, program);
  };

  const control = (client: Client, text: string): void => {
    const frame = parseFromClient(text);
    if (frame?.type === "ping") tell(client, { type: "pong" });
    if (frame?.type === "ack") client.shown = Math.min((client.shown ?? 0) + frame.bytes, client.sent);
    if (frame?.type === "resize" && !client.looksOnly) {
      client.size = { cols: frame.cols, rows: frame.rows };
      resize();
    }
  };

  return {
    get attached() {
      return clients.size;
    },
    attach(socket, looksOnly) {
      const client: Client = { socket, looksOnly, size: null, sent: 0, shown: null, lagging: false };
      clients.add(client);
      socket.on("error", () => socket.terminate());
      socket.on("close", () => {
        clients.delete(client);
        resize();
      });
      socket.on("message", (data: Buffer, binary) =>
        binary ? type(client, data) : control(client, data.toString("utf8")),
      );
      const bytes = scrollback.snapshot();
      tell(client, { type: "hello", job_id: jobId, ...size, replay: bytes.length, printed: scrollback.total });
      send(client, bytes);
      if (exit !== null) tellExit(client, exit);
    },
    output,
    programStarted(started) {
      program = started;
      if (size.cols !== FIRST_SIZE.cols || size.rows !== FIRST_SIZE.rows) mark();
      program.resize(size.cols, size.rows);
    },
    ended(how) {
      exit = how;
      for (const client of clients) if (!client.lagging) tellExit(client, how);
    },
  };
}

function underWay(client: Client): number {
  return Math.max(client.shown === null ? 0 : client.sent - client.shown, client.socket.bufferedAmount);
}

function holdBack(socket: WebSocket, program: Program): void {
  if (socket.isPaused) return;
  socket.pause();
  const timer = setInterval(() => {
    if (program.inputWaiting > INPUT_BYTES && socket.readyState === socket.OPEN) return;
    clearInterval(timer);
    socket.resume();
  }, CATCH_UP_MS);
}
