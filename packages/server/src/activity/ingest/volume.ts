import { sql } from "kysely";
import type { Config } from "../../config/schema.ts";
import { DayFull } from "../refusals.ts";
import type { ActivityTrx } from "../tables.ts";
import type { Prepared } from "./prepare.ts";

const MIB = 1024 * 1024;
const DAY_SECONDS = 86_400;

/** Bytes of an execution as it is kept: `write.ts` counts the same of what is new. */
function bytesOf({ code, error, folded }: Prepared): number {
  return Buffer.byteLength(code) + Buffer.byteLength(error ?? "") + folded.length;
}

/**
 * Lets a batch in that what one person may report in a day has room for. The day's first one always is; one that was
 * taken before counts as if it were new, so that none has to be looked for. The caller holds the figures.
 * @throws DayFull
 */
export async function admitVolume(
  trx: ActivityTrx,
  accountId: number,
  entries: readonly Prepared[],
  { dayEntries, dayMegabytes }: Config["activity"],
): Promise<void> {
  if (dayEntries === 0 && dayMegabytes === 0) return;
  const { rows } = await sql<{ entries: number; bytes: number; seconds: number }>`
    select taken_entries as entries, taken_bytes as bytes,
      (${DAY_SECONDS} - extract(epoch from now())::bigint % ${DAY_SECONDS})::int as seconds
    from activity_totals
    where account_id = ${accountId} and taken_day = (now() at time zone 'UTC')::date`.execute(trx);
  const taken = rows[0];
  if (taken === undefined) return;
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), taken.bytes);
  const isMany = dayEntries > 0 && taken.entries + entries.length > dayEntries;
  if (isMany || (dayMegabytes > 0 && bytes > dayMegabytes * MIB)) {
    throw new DayFull({ entries: dayEntries, megabytes: dayMegabytes }, taken.seconds);
  }
}
