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
}

/** What of theirs somebody has in their folders, in figures. */
export interface Belongings {
  readonly workspaces: number;
  readonly inTrash: number;
  readonly sessions: number;
}

/** What housing needs of others. */
export interface HousingNeeds {
  readonly houses: Houses;
  belongings(accountId: number): Promise<Belongings>;
}

/** Nobody has anything. */
export const noHousing: HousingNeeds = {
  houses: { placeOf: async () => "apart", house: async () => "apart", unhouse: async () => undefined },
  belongings: async () => ({ workspaces: 0, inTrash: 0, sessions: 0 }),
};
