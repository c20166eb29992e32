import type { FastifyRequest } from "fastify";
import { entryBy } from "../../platform/audit/entry-by.ts";
import type { ActivityContext } from "../context.ts";
import type { Ask } from "../search/searches.ts";

/** Milliseconds in which the same question of the same administrator is the same search: its pages, and a page kept open. */
const ONE_SEARCH_MS = 60 * 60_000;
/** Searches that are remembered; of what is forgotten there is a second entry. */
const MOST = 5_000;

/** What was asked for, as far as it is told. */
type Asked = Pick<Ask, "accountId" | "text" | "from" | "to">;
export type NoteSearch = (request: FastifyRequest, ask: Asked) => Promise<void>;

/**
 * Leaves an audit entry where an administrator looks through others' code, by a text or by a person: once for each
 * search, by any of its pages. The newest of all without either, as the pages show it unasked, is none.
 */
export function createNoteSearch({ platform, db, people }: ActivityContext): NoteSearch {
  const noted = new Map<string, { readonly at: number; readonly entry: Promise<void> }>();

  async function record(request: FastifyRequest, { accountId, text, from, to }: Asked): Promise<void> {
    const whose = accountId === null ? null : await people.get(accountId);
    const times = { ...(from === null ? {} : { from: from.toISOString() }), ...(to && { to: to.toISOString() }) };
    await db.transaction().execute((trx) =>
      platform.audit.record(trx, {
        ...{ action: "activity.search", ...entryBy(request) },
        subject: {
          kind: accountId === null ? "activity" : "account",
          id: String(accountId ?? "all"),
          ...(whose === null ? {} : { label: whose.username }),
        },
        about: whose === null ? [] : [whose.id],
        details: { text, ...times },
      }),
    );
  }

  function forgetOld(now: number): void {
    for (const [key, { at }] of noted) {
      if (now - at < ONE_SEARCH_MS && noted.size < MOST) return;
      noted.delete(key);
    }
  }

  return async (request, ask) => {
    const asker = request.principal?.accountId ?? null;
    const isOwn = ask.accountId !== null && ask.accountId === asker;
    if (isOwn || (ask.text === null && ask.accountId === null)) return;
    const key = JSON.stringify([asker, request.principal?.label, ask.accountId, ask.text]);
    const now = performance.now();
    forgetOld(now);
    const known = noted.get(key);
    if (known !== undefined) return known.entry;
    const entry = record(request, ask);
    noted.set(key, { at: now, entry });
    // What was not written is written by the next page.
    entry.catch(() => noted.delete(key));
    return entry;
  };
}
