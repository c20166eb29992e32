import path from "node:path";
import type { Platform } from "../../platform/platform.ts";
import type { Housed } from "../../platform/processes/inside-storage.ts";
import type { Directories } from "../files/directories.ts";

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
}

/** By the broker where there is one, which takes a name alone: the base is its own. */
export function housesOf({ processes }: Pick<Platform, "processes">, directories: Directories): Houses {
  if (processes === null) return directories;
  return {
    placeOf: (accountId) => processes.house(accountId, null),
    unhouse: (accountId) => processes.unhouse(accountId),
    house: (accountId, directory) => processes.house(accountId, path.basename(directory)),
  };
}
