import { connect } from "node:net";

export interface RawOptions {
  readonly waitMs?: number;
  /** Sent on the same connection `afterMs` later. */
  readonly again?: string;
  readonly afterMs?: number;
}

/** Sends bytes as they are, and returns what came back until the other side closed (or `waitMs`, 5 s, passed). */
export async function sendRaw(port: number, text: string, options: RawOptions = {}): Promise<string> {
  const { waitMs = 5_000, again, afterMs } = options;
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.write(text);
  if (again !== undefined) setTimeout(() => socket.write(again), afterMs);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  socket.once("close", () => resolve());
  await promise;
  clearTimeout(timer);
  socket.destroy();
  return Buffer.concat(chunks).toString("latin1");
}
