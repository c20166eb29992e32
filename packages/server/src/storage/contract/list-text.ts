import type { StorageContext } from "../context.ts";
import type { SubjectRow } from "../tables.ts";
import { presentList } from "./schema.ts";

/** A raise that is over is noticed so soon. */
const KEPT_MS = 1_000;

/**
 * Contract 1's list as JSON. Monitoring asks for it all the time: while nothing has changed it is the same text.
 * @returns for each request
 */
export function createListText(known: StorageContext["known"]): () => Promise<string> {
  let last: { readonly rows: readonly SubjectRow[]; readonly until: number; readonly text: string } | null = null;
  return async () => {
    const rows = await known.all();
    const now = performance.now();
    if (last === null || last.rows !== rows || last.until < now) {
      last = { rows, until: now + KEPT_MS, text: JSON.stringify(presentList(rows)) };
    }
    return last.text;
  };
}
