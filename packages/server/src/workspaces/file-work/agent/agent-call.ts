import type { Socket } from "node:net";
import type { OpenStream } from "../call.ts";
import type { WorkOptions } from "../contract.ts";
import { uncarry } from "./carried-error.ts";
import { BrokenProtocol, FRAME, readCredit, readJson, sendCredit, sendFrame, sendJson } from "./frames.ts";
import { createIncomingBytes } from "./incoming-bytes.ts";
import { readProgress } from "./messages.ts";
import { Closed, createCredit, sendAll } from "./outgoing-bytes.ts";

/** Milliseconds that an agent has to end a call that nobody wants any more. */
const CANCEL_WITHIN_MS = 10_000;

/** One call under way, at the server's end. */
export interface AgentCall {
  /** Of a command that answers with JSON. */
  readonly result: Promise<unknown>;
  /** Of a command that answers with bytes. */
  readonly head: Promise<unknown>;
  readonly output: OpenStream["bytes"];
  /** Begins to send the input. */
  begin(): void;
  /** @throws BrokenProtocol */
  take(type: number, payload: Buffer): void;
  /** The agent is no more. */
  lost(error: Error): void;
}

interface Hooks {
  /** A piece of the input went out. */
  readonly onSent: () => void;
  /** Nothing more comes for this call. */
  readonly onOver: () => void;
  /** It was told to end, and did not. */
  readonly onStuck: () => void;
}

export function createAgentCall(socket: Socket, number: number, io: WorkOptions, hooks: Hooks): AgentCall {
  const result = Promise.withResolvers<unknown>();
  const head = Promise.withResolvers<unknown>();
  const over = Promise.withResolvers<void>();
  // Each call waits for one of the two; the other's failure is nobody's.
  result.promise.catch(() => undefined);
  head.promise.catch(() => undefined);
  const credit = createCredit();
  let isOver = false;
  let inputError: { readonly error: unknown } | null = null;
  let patience: NodeJS.Timeout | undefined;

  const output = createIncomingBytes((bytes) => sendCredit(socket, number, bytes), abandon);

  function finish(): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(patience);
    io.signal?.removeEventListener("abort", cancel);
    credit.close();
    over.resolve();
    hooks.onOver();
  }

  function fail(error: unknown): void {
    result.reject(error);
    head.reject(error);
    output.fail(error);
    finish();
  }

  function cancel(): void {
    if (isOver || patience !== undefined) return;
    credit.close();
    sendFrame(socket, FRAME.cancel, number);
    patience = setTimeout(hooks.onStuck, CANCEL_WITHIN_MS);
  }

  /** Ends the command, and waits until it has let go of what it held. */
  async function abandon(): Promise<void> {
    cancel();
    await over.promise;
  }

  async function sendInput(): Promise<void> {
    try {
      await sendAll(io.input ?? [], credit, (bytes, sent) => {
        sendFrame(socket, FRAME.bytes, number, bytes, sent);
        hooks.onSent();
      });
      if (!isOver) sendFrame(socket, FRAME.end, number);
    } catch (error) {
      if (error instanceof Closed) return;
      inputError = { error };
      sendJson(socket, FRAME.fail, number, null);
    }
  }

  /** What the command threw, or what made it throw. */
  function told(error: Error): unknown {
    if (inputError !== null) return inputError.error;
    return io.signal?.aborted && (error.name === "AbortError" || error.name === "Error") ? io.signal.reason : error;
  }

  return {
    result: result.promise,
    head: head.promise,
    output: Object.assign(output, { [Symbol.asyncDispose]: () => dispose() }),
    begin() {
      io.signal?.addEventListener("abort", cancel, { once: true });
      if (io.input !== undefined) void sendInput();
    },
    take(type, payload) {
      if (type === FRAME.bytes) return output.push(payload);
      if (type === FRAME.credit) return credit.grant(readCredit(payload));
      if (type === FRAME.progress) return io.onProgress?.(readProgress(readJson(payload)));
      if (type === FRAME.head) return head.resolve(readJson(payload));
      if (type === FRAME.fail) return fail(told(uncarry(readJson(payload))));
      if (type === FRAME.result) result.resolve(readJson(payload));
      else if (type === FRAME.end) output.end();
      else throw new BrokenProtocol(`a frame of type ${type}`);
      finish();
    },
    lost: fail,
  };

  async function dispose(): Promise<void> {
    await output[Symbol.asyncIterator]().return?.();
    if (!isOver) await abandon();
  }
}
