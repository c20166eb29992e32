import type { Socket } from "node:net";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import type { OpenStream } from "../call.ts";
import type { WorkOptions } from "../contract.ts";
import { type AgentCall, createAgentCall } from "./agent-call.ts";
import { BrokenProtocol, createFrameReader, FRAME, LARGEST_JSON, sendFrame, sendJson, WINDOW } from "./frames.ts";
import type { AgentSetup, CallMessage } from "./messages.ts";

/** Milliseconds: an agent that says nothing for that long while it has work is taken for dead. */
const PING_EVERY_MS = 15_000;
const PING_PATIENCE_MS = 45_000;
const READY_WITHIN_MS = 20_000;
/** Bytes of calls that an agent may leave unread, beside what its calls' windows hold. */
const MOST_UNREAD = 2 * LARGEST_JSON;

/** One agent, as the server sees it. */
export interface AgentConnection {
  run(name: string, args: unknown, io?: WorkOptions): Promise<unknown>;
  open(name: string, args: unknown, io?: WorkOptions): Promise<OpenStream>;
  /** Calls under way. */
  readonly busy: number;
  /** Of those, the ones that answer with bytes: their length is their reader's. */
  readonly holding: number;
  readonly isClosed: boolean;
  readonly closed: Promise<void>;
  /** Ends the connection, and with it the agent; calls under way fail. */
  close(): void;
}

export interface ConnectionOptions {
  readonly setup: AgentSetup;
  /** Called whenever the last call under way has ended. */
  readonly onIdle: () => void;
  /** Why a connection was given up that should have gone on. */
  readonly onBroken: (why: Error) => void;
}

/** Speaks to a freshly started agent. @throws StoaError unavailable when it does not answer */
export async function connectAgent(socket: Socket, options: ConnectionOptions): Promise<AgentConnection> {
  const calls = new Map<number, AgentCall>();
  const holding = new Set<number>();
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let isClosed = false;
  let lastNumber = 0;
  let heardAt = Date.now();

  const end = (why: Error | null): void => {
    if (isClosed) return;
    isClosed = true;
    clearInterval(pings);
    if (why !== null) options.onBroken(why);
    const gone = unavailable(why);
    ready.reject(gone);
    for (const call of [...calls.values()]) call.lost(gone);
    socket.destroy();
    closed.resolve();
  };

  const read = createFrameReader((type, number, payload) => {
    if (type === FRAME.ready) return ready.resolve();
    if (type === FRAME.ping) return;
    calls.get(number)?.take(type, payload);
  });
  socket.on("data", (chunk: Buffer) => {
    heardAt = Date.now();
    try {
      read(chunk);
    } catch (error) {
      end(error as Error);
    }
  });
  socket.on("error", (error) => end(error));
  socket.on("close", () => end(new Error("the file agent has ended")));
  const pings = setInterval(() => {
    if (calls.size === 0) heardAt = Date.now();
    else if (Date.now() - heardAt > PING_PATIENCE_MS) end(new Error("the file agent does not answer"));
    else sendFrame(socket, FRAME.ping, 0);
  }, PING_EVERY_MS).unref();

  /** One that grants without end and never reads has what people send it gather here. */
  function checkUnread(): void {
    if (socket.writableLength <= MOST_UNREAD + 2 * WINDOW * calls.size) return;
    end(new BrokenProtocol("it asks for bytes that it does not read"));
  }

  function begin(message: CallMessage, io: WorkOptions): AgentCall {
    io.signal?.throwIfAborted();
    if (isClosed) throw unavailable(null);
    const text = Buffer.from(JSON.stringify(message));
    if (text.length > LARGEST_JSON) throw new StoaError("too_large", { details: { limit: LARGEST_JSON } });
    lastNumber = (lastNumber % 0xffff_fff0) + 1;
    const number = lastNumber;
    const call = createAgentCall(socket, number, io, {
      onSent: checkUnread,
      onOver() {
        calls.delete(number);
        holding.delete(number);
        if (calls.size === 0 && !isClosed) options.onIdle();
      },
      onStuck: () => end(new Error("the file agent did not end what nobody wants any more")),
    });
    calls.set(number, call);
    if (message.kind === "open") holding.add(number);
    sendFrame(socket, FRAME.call, number, text);
    checkUnread();
    call.begin();
    return call;
  }

  sendJson(socket, FRAME.setup, 0, options.setup);
  const patience = setTimeout(() => end(new Error("the file agent did not start in time")), READY_WITHIN_MS);
  await ready.promise.finally(() => clearTimeout(patience));

  return {
    run: async (name, args, io = {}) => begin({ kind: "run", name, args, input: io.input !== undefined }, io).result,
    async open(name, args, io = {}) {
      const call = begin({ kind: "open", name, args, input: io.input !== undefined }, io);
      return { head: await call.head, bytes: call.output };
    },
    get busy() {
      return calls.size;
    },
    get holding() {
      return holding.size;
    },
    get isClosed() {
      return isClosed;
    },
    closed: closed.promise,
    close: () => end(null),
  };
}

function unavailable(cause: Error | null): StoaError {
  const what = cause instanceof BrokenProtocol ? "What works on this person's files" : "The work on files";
  return new StoaError("unavailable", { details: { what }, cause: cause ?? undefined });
}
