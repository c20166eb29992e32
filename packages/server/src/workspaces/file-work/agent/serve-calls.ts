import type { Socket } from "node:net";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import { callCommand, callStream } from "../call.ts";
import type { CommandIo, PersonFolders } from "../contract.ts";
import { carry } from "./carried-error.ts";
import {
  BrokenProtocol,
  FRAME,
  LARGEST_RESULT,
  readCredit,
  readJson,
  sendCredit,
  sendFrame,
  sendJson,
} from "./frames.ts";
import { createIncomingBytes, type IncomingBytes } from "./incoming-bytes.ts";
import type { CallMessage } from "./messages.ts";
import { type Credit, createCredit, sendAll } from "./outgoing-bytes.ts";

/** What the agent runs; the registry's commands, but for tests of the protocol. */
export interface Runner {
  readonly command: typeof callCommand;
  readonly stream: typeof callStream;
}

interface Call {
  readonly input: IncomingBytes;
  readonly credit: Credit;
  readonly ending: AbortController;
  readonly done: Promise<void>;
}

/** The agent's end of the connection: runs what it is asked, any number at once. */
export interface CallServer {
  /** @throws BrokenProtocol */
  take(type: number, call: number, payload: Buffer): void;
  /** Gives up all that is under way; resolves when it has tidied up after itself. */
  stop(): Promise<void>;
}

export function createCallServer(
  socket: Socket,
  folders: PersonFolders,
  runner: Runner = { command: callCommand, stream: callStream },
): CallServer {
  const calls = new Map<number, Call>();

  function begin(id: number, message: CallMessage): void {
    if (calls.has(id)) throw new BrokenProtocol(`call ${id} is under way already`);
    const input = createIncomingBytes((bytes) => sendCredit(socket, id, bytes));
    if (!message.input) input.end();
    const credit = createCredit();
    const ending = new AbortController();
    const io: CommandIo = {
      input,
      signal: ending.signal,
      progress: (progress) => sendJson(socket, FRAME.progress, id, progress),
    };
    const work = message.kind === "run" ? run(id, message, io) : stream(id, message, io, credit);
    const done = work
      .catch((error: unknown) => sendJson(socket, FRAME.fail, id, carry(error)))
      .finally(() => calls.delete(id));
    calls.set(id, { input, credit, ending, done });
  }

  async function run(id: number, { name, args }: CallMessage, io: CommandIo): Promise<void> {
    const result = Buffer.from(JSON.stringify((await runner.command(folders, name, args, io)) ?? null));
    if (result.length > LARGEST_RESULT) throw new StoaError("too_large", { details: { limit: LARGEST_RESULT } });
    sendFrame(socket, FRAME.result, id, result);
  }

  async function stream(id: number, { name, args }: CallMessage, io: CommandIo, credit: Credit): Promise<void> {
    const { head, bytes } = await runner.stream(folders, name, args, io);
    try {
      sendJson(socket, FRAME.head, id, head);
      await sendAll(bytes, credit, (part, sent) => sendFrame(socket, FRAME.bytes, id, part, sent));
    } finally {
      await bytes[Symbol.asyncDispose]();
    }
    sendFrame(socket, FRAME.end, id);
  }

  function cancel({ input, credit, ending }: Call): void {
    const reason = new DOMException("Nobody wants this any more.", "AbortError");
    ending.abort(reason);
    input.fail(reason);
    credit.close();
  }

  return {
    take(type, id, payload) {
      if (type === FRAME.ping) return sendFrame(socket, FRAME.ping, id);
      if (type === FRAME.call) return begin(id, readJson(payload) as CallMessage);
      // What comes for a call that is over crossed its end on the way.
      const call = calls.get(id);
      if (call === undefined) return;
      if (type === FRAME.bytes) call.input.push(payload);
      else if (type === FRAME.end) call.input.end();
      else if (type === FRAME.fail) call.input.fail(new Error("What was to be written could not be read to its end."));
      else if (type === FRAME.credit) call.credit.grant(readCredit(payload));
      else if (type === FRAME.cancel) cancel(call);
      else throw new BrokenProtocol(`a frame of type ${type}`);
    },
    async stop() {
      const under = [...calls.values()];
      for (const call of under) cancel(call);
      await Promise.all(under.map(({ done }) => done));
    },
  };
}
