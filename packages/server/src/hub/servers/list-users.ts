import type { HubClient, HubUser } from "../client/contract.ts";
import type { HubDb } from "../tables.ts";
import { timeOfDatabase } from "./observe.ts";

/** The most that a hub gives at once, as it comes (`api_page_max_limit`). */
const PAGE = 200;
/** A hub whose pages never end is none. */
const MOST_PAGES = 2_000;

/** A user as one page of the list has them. */
export interface Listed {
  readonly user: HubUser;
  /** By the database's clock, before the page was asked for. */
  readonly asOf: Date;
}

export interface List {
  readonly users: ReadonlyMap<string, Listed>;
  /** By the database's clock, before the first page was asked for. */
  readonly begunAt: Date;
  /** Milliseconds that the hub's clock is ahead of the database's; whole seconds. */
  readonly aheadMs: number;
  readonly calls: number;
}

/**
 * All users of the hub, or all who have a server, page by page. Whoever slips between two pages is not in it.
 * @param before is waited for before each page
 */
export async function listUsers(
  { client, db }: { readonly client: HubClient; readonly db: HubDb },
  active: boolean,
  before: () => Promise<void>,
): Promise<List> {
  const users = new Map<string, Listed>();
  const begunAt = await timeOfDatabase(db);
  let aheadMs = 0;
  let calls = 0;
  for (let offset: number | null = 0; offset !== null; calls++) {
    if (calls >= MOST_PAGES) throw new Error(`the hub's list of users has no end after ${MOST_PAGES} pages`);
    await before();
    const asOf = await timeOfDatabase(db);
    const page = await client.usersPage({ offset, limit: PAGE, active, once: true });
    for (const user of page.users) users.set(user.name, { user, asOf });
    aheadMs = page.hubTime.getTime() - asOf.getTime();
    offset = page.next;
  }
  return { users, begunAt, aheadMs, calls };
}
