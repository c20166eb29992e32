import { StoaError } from "../../platform/errors/stoa-error.ts";
import { fileCommands, fileStreams } from "./commands.ts";
import type { CommandIo, FileCommand, FileStream, PersonFolders, WorkOptions } from "./contract.ts";

/** An answer in bytes, with its end in the caller's hands. */
export interface OpenStream {
  readonly head: unknown;
  readonly bytes: AsyncIterable<Uint8Array> & AsyncDisposable;
}

/** Runs the command of this name; the name may come from another process. @throws StoaError defect for none */
export async function callCommand(
  folders: PersonFolders,
  name: string,
  args: unknown,
  io: CommandIo,
): Promise<unknown> {
  if (!Object.hasOwn(fileCommands, name)) throw unknownCommand(name);
  const command = fileCommands[name as keyof typeof fileCommands] as FileCommand<unknown, unknown>;
  return command(folders, args, io);
}

/**
 * The same for a command that answers with bytes. Disposing of them ends the command, and closes what it holds also
 * when nothing was read.
 */
export async function callStream(
  folders: PersonFolders,
  name: string,
  args: unknown,
  io: CommandIo,
): Promise<OpenStream> {
  if (!Object.hasOwn(fileStreams, name)) throw unknownCommand(name);
  const stream = fileStreams[name as keyof typeof fileStreams] as FileStream<unknown, unknown>;
  const ending = new AbortController();
  const signal = AbortSignal.any([io.signal, ending.signal]);
  const { head, bytes } = await stream(folders, args, { ...io, signal });
  return { head, bytes: endable(bytes, ending) };
}

function endable(bytes: AsyncIterable<Uint8Array>, ending: AbortController): OpenStream["bytes"] {
  const chunks = bytes[Symbol.asyncIterator]();
  let started = false;
  let ended: Promise<void> | null = null;
  const end = async () => {
    ending.abort();
    // A generator that was never started has nothing to clean up, as it sees it: its `finally` wants a beginning.
    if (!started) await chunks.next().catch(() => undefined);
    await chunks.return?.();
  };
  const dispose = () => {
    ended ??= end();
    return ended;
  };
  const iterator: AsyncIterator<Uint8Array> = {
    next() {
      started = true;
      return ended === null ? chunks.next() : Promise.resolve({ done: true, value: undefined });
    },
    async return() {
      await dispose();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator, [Symbol.asyncDispose]: dispose };
}

/** What a command gets where its caller gave nothing. */
export function ioOf({ input = [], signal, onProgress }: WorkOptions = {}): CommandIo {
  return {
    input: iterate(input),
    signal: signal ?? new AbortController().signal,
    progress: (progress) => onProgress?.(progress),
  };
}

async function* iterate(input: NonNullable<WorkOptions["input"]>): AsyncGenerator<Uint8Array> {
  yield* input;
}

function unknownCommand(name: string): StoaError {
  return new StoaError("defect", { cause: new Error(`no file command ${JSON.stringify(name)}`) });
}
