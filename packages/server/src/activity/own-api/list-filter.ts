import { StoaError } from "../../platform/errors/stoa-error.ts";
import { readTimestamp } from "../ingest/read-timestamp.ts";
import { refuseShort } from "../refusals.ts";
import { placeOfCursor } from "../search/place.ts";
import type { Ask } from "../search/searches.ts";
import type { ListQuery } from "./schema.ts";

/** Milliseconds that one page may look for a text. */
const BUDGET_MS = 800;

/** @param accountId null: everybody's. @throws StoaError invalid */
export function askOf(query: ListQuery, accountId: number | null): Ask {
  return {
    accountId,
    status: query.status ?? null,
    ...rangeOf(query),
    text: query.text === undefined || query.text === "" ? null : refuseShort(query.text),
    before: placeOfCursor(query.cursor),
    limit: query.limit,
    budgetMs: BUDGET_MS,
  };
}

/** @throws StoaError invalid */
export function rangeOf({ from, to }: Pick<ListQuery, "from" | "to">): { from: Date | null; to: Date | null } {
  return { from: timeOf("from", from), to: timeOf("to", to) };
}

function timeOf(name: string, text: string | undefined): Date | null {
  if (text === undefined || text === "") return null;
  // A plus sign in an address is a space unless it is encoded: nobody means one there.
  const moment = readTimestamp(text.replace(/ (\d\d:?\d\d)$/, "+$1"));
  if (moment === null)
    throw new StoaError("invalid", {
      details: { problem: `${name} is no time like 2026-11-22T18:33:23Z, from 1900 to 2200` },
    });
  return moment.at;
}
