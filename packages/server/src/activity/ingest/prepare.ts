import { randomUUID } from "node:crypto";
import { expectationOf } from "../../platform/http/input/expectations.ts";
import { InvalidInput } from "../../platform/http/input/invalid-input.ts";
import { beginOf, monthOf, oldestKept } from "../months/month.ts";
import { foldedOf } from "../search/fold.ts";
import { momentAt, readTimestamp } from "./read-timestamp.ts";
import type { Entry, Taken } from "./schema.ts";

/** UTF-16 units. */
export const MOST_CODE = 65_536;
export const MOST_ERROR = 8_192;
/** The mark of a reporter that has cut it before sending. */
const CUT_BEFORE = /… \[cut: \d{1,15} characters\]$/;
/** A reporter that was away longer has nothing that a person would look for. */
const OLDEST_MONTHS = 24;
const CLOCK_SKEW_MS = 5 * 60_000;
const WRONG_CLOCK_MS = 86_400_000;

/** One execution as it is kept. */
export interface Prepared {
  readonly at: Date;
  readonly atText: string;
  /** Its clock was ahead: it has the time of its arrival, which is another one when it comes again. */
  readonly moved: boolean;
  readonly entryId: string;
  readonly milliseconds: number;
  readonly cellNumber: number | null;
  readonly droppedBefore: number | null;
  readonly failed: boolean;
  readonly cut: boolean;
  readonly code: string;
  readonly error: string | null;
  readonly folded: string;
}

export interface PreparedBatch {
  readonly kept: readonly Prepared[];
  readonly refused: Taken["refused"];
}

/**
 * What is kept of a batch, and what never will be.
 * @param keptMonths 0: all
 * @throws InvalidInput for a time that there isn't
 */
export function prepare(entries: readonly Entry[], keptMonths: number, now = new Date()): PreparedBatch {
  const oldest = beginOf(Math.max(oldestKept(now, keptMonths), monthOf(now) - OLDEST_MONTHS));
  const kept: Prepared[] = [];
  const refused: PreparedBatch["refused"] = [];
  for (const [index, entry] of entries.entries()) {
    const moment = readTimestamp(entry.timestamp);
    if (moment === null) throw noSuchTime(index, entry.timestamp);
    const ahead = moment.at.getTime() - now.getTime();
    if (moment.at < oldest || ahead > WRONG_CLOCK_MS) {
      refused.push({ index, id: entry.id ?? null, reason: moment.at < oldest ? "too_old" : "in_the_future" });
      continue;
    }
    const moved = ahead > CLOCK_SKEW_MS;
    const { at, text: atText } = moved ? momentAt(now) : moment;
    kept.push({ at, atText, moved, ...contentOf(entry) });
  }
  return { kept, refused };
}

/** What of an execution is kept beside its time; `import-executions.ts` keeps the same. */
export function contentOf(entry: Entry): Omit<Prepared, "at" | "atText" | "moved"> {
  const code = storable(entry.code, MOST_CODE);
  const error = typeof entry.error_message === "string" ? storable(entry.error_message, MOST_ERROR) : null;
  return {
    entryId: entry.id?.toLowerCase() ?? randomUUID(),
    milliseconds: Math.round(entry.execution_time_ms),
    cellNumber: entry.cell_number ?? null,
    droppedBefore: entry.dropped_before ?? null,
    failed: entry.status === "error",
    cut: code.cut || error?.cut === true,
    code: code.text,
    error: error?.text ?? null,
    folded: foldedOf(code.text, error?.text ?? null),
  };
}

/** Without what PostgreSQL's texts can't hold, and with a mark where the end was left out. */
function storable(given: string, most: number): { readonly text: string; readonly cut: boolean } {
  const isLong = given.length > most;
  const end = isLong ? `… [cut: ${given.length} characters]` : "";
  // Cut before: half of a pair at the end is then put right with the others.
  const text = given.slice(0, most).toWellFormed().replaceAll("\0", "\ufffd") + end;
  return { text, cut: isLong || CUT_BEFORE.test(given) };
}

function noSuchTime(index: number, input: string): InvalidInput {
  return new InvalidInput([{ at: ["body", "executions", index, "timestamp"], input, ...expectationOf("pattern", {}) }]);
}
