import type { PlaceKind } from "../../platform/processes/inside-storage.ts";
import type { OpenFolder } from "../files/descriptor-walk.ts";
import type { FileCommands, FileStreams } from "./commands.ts";

/**
 * Work on people's files, by name: what is asked crosses a process boundary when the server is root (the person's
 * own file agent does it then, under their uid), so arguments, results and errors are plain JSON and bytes are
 * streams. Not root, the same commands run in this process. Either way they reach files by the descriptor walk only.
 */
export interface FileWork {
  /**
   * Runs a command as the person whose files these are.
   * @param accountId the person
   * @throws StoaError as the command does, the same on both sides of the boundary; unavailable when the agent died
   */
  run<K extends keyof FileCommands>(
    accountId: number,
    name: K,
    args: ArgsOf<FileCommands[K]>,
    io?: WorkOptions,
  ): Promise<ResultOf<FileCommands[K]>>;
  /**
   * Runs a command that answers with bytes. `head` comes as soon as the command has it; the stream carries
   * back-pressure, fails when the command does, and ends the command when it is destroyed.
   */
  open<K extends keyof FileStreams>(
    accountId: number,
    name: K,
    args: ArgsOf<FileStreams[K]>,
    io?: WorkOptions,
  ): Promise<{ readonly head: HeadOf<FileStreams[K]>; readonly bytes: AsyncIterable<Uint8Array> & AsyncDisposable }>;
  /**
   * Work on their files that is about to begin, until it is released: what runs meanwhile asks the database no more
   * whether it may. Absent: it never asks.
   * @throws StoaError unavailable
   */
  hold?(accountId: number): Promise<{ release(): void }>;
  /** True when a person's files are touched by a process of their own. The start says which. */
  readonly asPerson: boolean;
  stop(): Promise<void>;
}

export interface WorkOptions {
  /** Bytes for the command, which frees them; read no faster than it takes them. An error in it fails the command. */
  readonly input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WorkProgress) => void;
}

/** How far a command is; figures count up from zero. */
export interface WorkProgress {
  readonly bytes: number;
  readonly files: number;
}

/** What a command may touch: one person's folders, each opened by descriptor. Whoever opens one closes it. */
export interface PersonFolders {
  readonly accountId: number;
  /** Begins the names that this node's server stages. */
  readonly stagingMark: string;
  /** Roots that links may lead into (`STOA_SYMLINK_ROOTS`), absolute. */
  readonly symlinkRoots: readonly string[];
  /** @throws StoaError not_found */
  workspace(id: number): Promise<OpenFolder>;
  /**
   * As it was in a snapshot of the storage that it lies in; read-only, and another file system.
   * @throws StoaError not_found (no such snapshot, or it was not there yet), unavailable
   */
  workspaceAsOf(id: number, snapshot: string): Promise<OpenFolder>;
  /** Holds the workspaces, named by id; made when absent. */
  account(): Promise<OpenFolder>;
  staging(): Promise<OpenFolder>;
  /** Entries' folders, named by id; made when absent. */
  trash(): Promise<OpenFolder>;
  /** What was set aside of one of them when it had been moved into the storage; null: nothing. */
  aside(kind: PlaceKind): Promise<OpenFolder | null>;
}

export interface CommandIo {
  readonly input: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  progress(progress: WorkProgress): void;
}

/** JSON in, JSON out. */
export type FileCommand<Args, Result> = (folders: PersonFolders, args: Args, io: CommandIo) => Promise<Result>;

/** JSON in; a JSON head, then bytes. The generator's `finally` closes what it holds, also when nobody reads on. */
export type FileStream<Args, Head> = (
  folders: PersonFolders,
  args: Args,
  io: CommandIo,
) => Promise<{ readonly head: Head; readonly bytes: AsyncIterable<Uint8Array> }>;

export type ArgsOf<C> =
  C extends FileCommand<infer Args, infer _R> ? Args : C extends FileStream<infer Args, infer _H> ? Args : never;
export type ResultOf<C> = C extends FileCommand<infer _A, infer Result> ? Result : never;
export type HeadOf<C> = C extends (
  folders: PersonFolders,
  args: infer _A,
  io: CommandIo,
) => Promise<{ readonly head: infer Head; bytes: unknown }>
  ? Head
  : never;
