import path from "node:path";
import type { Platform } from "../../platform/platform.ts";
import type { Housed } from "../../platform/processes/inside-storage.ts";
import type { Directories } from "../files/directories.ts";
import type { MoveInSize } from "../files/move-in-commands.ts";
import type { FileWork } from "./contract.ts";

/** Where accounts' workspaces and trash lie. */
export interface Houses {
  /** @throws StoaError unavailable */
  placeOf(accountId: number): Promise<Housed>;
  /**
   * Has both lie in this directory, the account's own, if there is nothing in them.
   * @returns where they lie now
   */
  house(accountId: number, directory: string): Promise<Housed>;
  /** Has them lie in the data directory again, with nothing in them. */
  unhouse(accountId: number): Promise<void>;
  /** Moves what they hold into this directory, step by step; nobody else may be at work there. */
  readonly moving: {
    measure(accountId: number, directory: string, signal: AbortSignal): Promise<MoveInSize>;
    stage(
      accountId: number,
      directory: string,
      signal: AbortSignal,
      onFiles: (files: number) => void,
    ): Promise<MoveInSize>;
    place(accountId: number, directory: string): Promise<void>;
    switchOver(accountId: number, directory: string): Promise<Housed>;
    discard(accountId: number, directory: string, signal: AbortSignal): Promise<void>;
    /** Removes what a move has set aside. True: it is gone. */
    removeAside(accountId: number, signal: AbortSignal): Promise<boolean>;
  };
}

/**
 * By the broker where there is one, which takes a name alone: the base is its own.
 * @param files work that nothing holds up, not even a move
 */
export function housesOf(
  { processes }: Pick<Platform, "processes">,
  directories: Directories,
  files: Pick<FileWork, "run">,
): Houses {
  const steps = {
    measure: (accountId: number, directory: string, signal: AbortSignal) =>
      files.run(accountId, "measureMoveIn", { directory }, { signal }),
    stage: (accountId: number, directory: string, signal: AbortSignal, onFiles: (files: number) => void) =>
      files.run(accountId, "stageMoveIn", { directory }, { signal, onProgress: ({ files: count }) => onFiles(count) }),
    place: async (accountId: number, directory: string) =>
      void (await files.run(accountId, "placeMoveIn", { directory })),
    discard: async (accountId: number, directory: string, signal: AbortSignal) =>
      void (await files.run(accountId, "discardMoveIn", { directory }, { signal })),
  };
  if (processes === null) {
    return {
      placeOf: directories.placeOf,
      house: directories.house,
      unhouse: directories.unhouse,
      moving: {
        ...steps,
        switchOver: directories.moveIn,
        async removeAside(accountId, signal) {
          await files.run(accountId, "emptyAside", {}, { signal });
          return directories.removeAside(accountId);
        },
      },
    };
  }
  return {
    placeOf: (accountId) => processes.house(accountId, null),
    unhouse: (accountId) => processes.unhouse(accountId),
    house: (accountId, directory) => processes.house(accountId, path.basename(directory)),
    moving: {
      ...steps,
      switchOver: (accountId, directory) => processes.moveIn(accountId, path.basename(directory)),
      async removeAside(accountId, signal) {
        if (!(await processes.openAside(accountId))) return true;
        await files.run(accountId, "emptyAside", {}, { signal });
        return processes.removeAside(accountId);
      },
    },
  };
}
