import type { ActivityPeople } from "./context.ts";

interface Row {
  readonly account_id: number;
}

/** Whose these are, by user name. */
export async function usernamesOf(people: ActivityPeople, rows: readonly Row[]): Promise<(row: Row) => string> {
  const ids = [...new Set(rows.map(({ account_id }) => account_id))];
  const accounts = ids.length === 0 ? new Map<number, never>() : await people.byIds(ids);
  return ({ account_id }) => accounts.get(account_id)?.username ?? `#${account_id}`;
}
