import type { Owner, Place, StorageRequest } from "./contract.ts";

/** A program and its arguments; never a line for a shell. */
export interface Command {
  /** By name: looked for in `SYSTEM_PATH` alone. */
  readonly program: string;
  readonly args: readonly string[];
  /** For its standard input. */
  readonly input?: string;
  /** One process that can wait for whatever else this machine has to do (`IdleGroup`). */
  readonly canWait?: true;
}

/** What a request's command is made from; nothing of it comes from whoever asks. */
export interface Site {
  readonly backend: "posix" | "zfs";
  /** posix: the base path, absolute. zfs: the base dataset. No slash at the end. */
  readonly base: string;
  /** Where the file system that holds the base is mounted (posix), or the base dataset (zfs); null: nowhere. */
  readonly mount: string | null;
}

/** Who may own a directory. A broker holds the server to it. */
export type MayOwn = (owner: Owner) => boolean;

/** Where administrators' programs are; the environment of commands has this, LC_ALL=C and nothing else. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The folder of what was deleted: a dot can't stand in a name of contract 1. */
export const TRASH = ".stoa-trash";
export const GROUPS = "groups";

/** Bytes of one answer: 10,000 subjects with a few properties each are 3 MB. */
export const LONGEST_ANSWER = 64 * 2 ** 20;

export type PosixRequest = Exclude<StorageRequest, { do: `z${string}` }>;
export type ZfsRequest = Extract<StorageRequest, { do: `z${string}` }>;

/** The names below the base that lead to a place. */
export function partsOf(place: Place): readonly string[] {
  switch (place.kind) {
    case "base":
      return [];
    case "groups":
      return [GROUPS];
    case "trashes":
      return [TRASH];
    case "user":
      return [place.name];
    case "group":
      return [GROUPS, place.name];
    case "trash":
      return [TRASH, place.name];
  }
}
