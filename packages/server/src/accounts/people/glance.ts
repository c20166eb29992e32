import { type AccountRow, accountOf } from "../account.ts";
import type { AccountPart } from "../account-part.ts";
import { type ListedPerson, presentPerson } from "./schema.ts";

/** People as a list shows them: with what each domain tells of them at a glance, asked once for all. */
export async function glanced(parts: readonly AccountPart[], rows: readonly AccountRow[]): Promise<ListedPerson[]> {
  const ids = rows.map(({ id }) => id);
  const told = ids.length === 0 ? [] : await Promise.all(parts.map((part) => part.glance?.(ids)));
  return rows.map((row) => ({
    ...presentPerson(accountOf(row)),
    last_seen: lastSeen(row)?.toISOString() ?? null,
    glance: Object.assign({}, ...told.map((figures) => figures?.get(row.id) ?? {})) as Record<string, number>,
  }));
}

/** When they were here last, by whatever of their own. */
export function lastSeen({ last_login_at: signedIn, last_seen_at: seen }: AccountRow): Date | null {
  if (signedIn === null || seen === null) return signedIn ?? seen;
  return signedIn > seen ? signedIn : seen;
}
