import type { HubClient, HubUser } from "../client/contract.ts";
import type { HubDb } from "../tables.ts";
import { timeOfDatabase } from "./observe.ts";

/** Looks at single users in one round; more wait for the next. */
const MOST_LOOKS = 10;
/** Who slips between pages in one list does not in so many in a row. */
const SURE_AFTER = 3;

/** What became of somebody whom a list had not. */
export interface Found {
  readonly name: string;
  /** Null: the hub has none of that name. Left out: not looked at, but missing in list after list. */
  readonly user?: HubUser | null;
  readonly asOf: Date;
}

/**
 * Tells who is really gone from who only slipped between two pages: each is looked up alone, the longest missing first;
 * where there are too many, those who are missing in three lists in a row count as gone.
 */
export function createAbsentUsers({ client, db }: { readonly client: HubClient; readonly db: HubDb }) {
  let missed = new Map<string, number>();
  return {
    /**
     * @param names of those who are missing now
     * @param begunAt when the list was begun, by the database's clock
     * @param before is waited for before each look
     * @returns those about whom it is known
     */
    async find(names: readonly string[], begunAt: Date, before: () => Promise<void>): Promise<Found[]> {
      missed = new Map(names.map((name) => [name, (missed.get(name) ?? 0) + 1]));
      const sorted = [...missed].toSorted(([, a], [, b]) => b - a);
      const found: Found[] = [];
      for (const [index, [name, times]] of sorted.entries()) {
        if (index < MOST_LOOKS) {
          await before();
          const asOf = await timeOfDatabase(db);
          found.push({ name, user: await client.user(name), asOf });
        } else if (times >= SURE_AFTER) found.push({ name, asOf: begunAt });
        else continue;
        missed.delete(name);
      }
      return found;
    },
  };
}

export type AbsentUsers = ReturnType<typeof createAbsentUsers>;
