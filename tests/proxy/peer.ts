import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What is right takes milliseconds; on a machine that is busy otherwise, more. */
const PATIENCE_MS = 6_000;

/** One end of a connection, in bytes as they are (latin1). */
export class Peer {
  received = "";
  /** The other side has said that nothing more comes, or the connection is gone. */
  ended = false;
  closed = false;
  readonly socket: Socket;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.#wake();
    });
    socket.on("end", () => {
      this.ended = true;
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.ended = true;
      this.closed = true;
      this.#wake();
    });
  }

  send(text: string): this {
    if (this.socket.writable) this.socket.write(text, "latin1");
    return this;
  }

  end(text = ""): void {
    if (this.socket.writable) this.socket.end(text, "latin1");
  }

  /** Resolves with all that was received once it is so; with what there is when time runs out. */
  async until(done: (received: string) => boolean, ms = PATIENCE_MS): Promise<string> {
    const until = Date.now() + ms;
    while (!done(this.received) && !this.closed && Date.now() < until) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const timer = setTimeout(resolve, until - Date.now());
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
    return this.received;
  }

  /** True when the other side ended it in time. */
  async isOver(ms = PATIENCE_MS): Promise<boolean> {
    await this.until(() => this.ended, ms);
    return this.ended;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

export function dial(port: number, host = "127.0.0.1"): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, allowHalfOpen: true }, () => resolve(new Peer(socket)));
    socket.once("error", reject);
  });
}

/** What stands behind the proxies: connections that a case answers by hand. */
export interface Upstream {
  readonly port: number;
  /** The next connection on which a request begins; null: none came in time. */
  next(ms?: number): Promise<Peer | null>;
  /** Connections that carried bytes since the case began. */
  readonly seen: readonly Peer[];
  /** For the next case: all connections are closed and forgotten. */
  clear(): Promise<void>;
  close(): void;
}

export async function createUpstream(): Promise<Upstream> {
  let peers: Peer[] = [];
  const taken = new Set<Peer>();
  let cleared = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => void peers.push(new Peer(socket)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    async next(ms = PATIENCE_MS) {
      const since = cleared;
      for (const until = Date.now() + ms; ; await sleep(2)) {
        if (since !== cleared) return null;
        const peer = peers.find((one) => one.received !== "" && !taken.has(one));
        if (peer !== undefined) {
          taken.add(peer);
          return peer;
        }
        if (Date.now() > until) return null;
      }
    },
    get seen() {
      return peers.filter(({ received }) => received !== "");
    },
    async clear() {
      cleared += 1;
      for (const { socket } of peers) socket.destroy();
      peers = [];
      taken.clear();
      await sleep(5);
    },
    close: () => server.close(),
  };
}
