import type { Trx } from "../../platform/database/database.ts";
import type { Housed } from "../../platform/processes/inside-storage.ts";

/**
 * Where accounts' workspaces and trash lie: by the broker, which alone can change it there, or by this server itself.
 */
export interface Houses {
  /** @throws StoaError unavailable */
  placeOf(accountId: number): Promise<Housed>;
  /**
   * Has them lie in this directory, the account's own, if there is nothing in them.
   * @param directory absolute, without links in it
   * @returns where they lie now
   */
  house(accountId: number, directory: string): Promise<Housed>;
  /** Has them lie in the data directory again, with nothing in them. */
  unhouse(accountId: number): Promise<void>;
  /** Moves what they hold; nobody else may be at work there. */
  readonly moving: MovingIn;
}

/** The steps by which folders with something in them come into this directory, each of which can be repeated. */
export interface MovingIn {
  /** How much it is. @throws StoaError conflict: something of it can't be copied as it is */
  measure(accountId: number, directory: string, signal: AbortSignal): Promise<MoveInSize>;
  /** Copies it to where nobody looks yet. @throws StoaError conflict, disk_full */
  stage(
    accountId: number,
    directory: string,
    signal: AbortSignal,
    onFiles: (files: number) => void,
  ): Promise<MoveInSize>;
  /** Gives the copies their names. @throws StoaError conflict: something stands there, or there are none */
  place(accountId: number, directory: string): Promise<void>;
  /** Has the folders give way to links to the copies, and keeps them aside. @throws StoaError conflict, unavailable */
  switchOver(accountId: number, directory: string): Promise<Housed>;
  /** Removes what was copied and not placed. */
  discard(accountId: number, directory: string, signal: AbortSignal): Promise<void>;
  /** Removes what was kept aside. True: it is gone. */
  removeAside(accountId: number, signal: AbortSignal): Promise<boolean>;
}

export interface MoveInSize {
  readonly files: number;
  readonly folders: number;
  /** Sizes added up, and what they take on the disk. */
  readonly bytes: number;
  readonly disk: number;
}

/** What of theirs somebody has in their folders, in figures. */
export interface Belongings {
  readonly workspaces: number;
  readonly inTrash: number;
  readonly sessions: number;
  /** As last counted. */
  readonly bytes: number;
}

/** What housing needs of others. */
export interface HousingNeeds {
  readonly houses: Houses;
  belongings(accountId: number): Promise<Belongings>;
  /** Sessions of theirs that have not ended; as long as this transaction lasts none is begun. */
  lockLiveSessions(trx: Trx, accountId: number): Promise<number>;
}

/** Nobody has anything. */
export const noHousing: HousingNeeds = {
  houses: {
    placeOf: async () => "apart",
    house: async () => "apart",
    unhouse: async () => undefined,
    moving: {
      measure: async () => ({ files: 0, folders: 0, bytes: 0, disk: 0 }),
      stage: async () => ({ files: 0, folders: 0, bytes: 0, disk: 0 }),
      place: async () => undefined,
      switchOver: async () => "apart",
      discard: async () => undefined,
      removeAside: async () => true,
    },
  },
  belongings: async () => ({ workspaces: 0, inTrash: 0, sessions: 0, bytes: 0 }),
  lockLiveSessions: async () => 0,
};
