/** What the storage domain knows of where people's files lie. */
export interface Homes {
  /** Before an account's folders are opened: they are where they are to lie. @throws StoaError unavailable */
  house(accountId: number): Promise<void>;
  /**
   * The same, and counts as work on their files until it is released: they are not moved meanwhile.
   * @throws StoaError unavailable: they are being moved now
   */
  enter(accountId: number): Promise<Pass>;
  /** The folders that the account's groups share; they may have changed within the last seconds. */
  sharedFolders(accountId: number): Promise<readonly SharedFolder[]>;
  /**
   * One of them, put in order for its group's people. Null: no group of theirs, or it has none on this machine.
   * @throws StoaError unavailable
   */
  shareFolder(accountId: number, groupId: number): Promise<SharedFolder | null>;
  /**
   * Moments that somebody can look back at.
   * @param anew somebody has heard of one that was not in the last answer
   * @throws StoaError unavailable: nobody has answered in time
   */
  snapshotsOf(accountId: number, anew?: boolean): Promise<PersonsSnapshots>;
}

export interface PersonsSnapshots {
  /** Why there is none: they lie apart, nobody makes any, they can't be looked into, or nobody can be asked. */
  readonly whyNot: "not_inside" | "no_snapshots" | "not_browsable" | "away" | null;
  /** Newest first. */
  readonly items: readonly {
    readonly name: string;
    readonly createdAt: Date;
    /** Null: not made by Stoa. */
    readonly period: "hourly" | "daily" | "weekly" | null;
  }[];
}

export interface Pass {
  /** Aborted when the work has to end at once; null: it never has to. */
  readonly signal: AbortSignal | null;
  release(): void;
}

/** Nothing is ever moved. */
export const freePass: Pass = { signal: null, release: () => undefined };

export interface SharedFolder {
  readonly groupId: number;
  /** A legal file name. */
  readonly name: string;
  /** Absolute, without links in it. */
  readonly path: string;
}

/** All lies in the data directory, and nothing is shared. */
export const noHomes: Homes = {
  house: async () => undefined,
  enter: async () => freePass,
  sharedFolders: async () => [],
  shareFolder: async () => null,
  snapshotsOf: async () => ({ whyNot: "no_snapshots", items: [] }),
};
