import { storable } from "../../importing/foreign-values.ts";
import type { OldRow } from "./old-portal.ts";

const decoder = new TextDecoder("utf-8");
const INT4 = 2_147_483_647;

/** Text that PostgreSQL can hold, of text or of bytes; empty where there is none. */
export function textOf(row: OldRow, field: string): string {
  const value = row[field] ?? "";
  return storable(typeof value === "string" ? value : decoder.decode(value));
}

/** Null: neither yes nor no. */
export function flagOf(row: OldRow, field: string): boolean | null {
  const text = textOf(row, field).trim().toLowerCase();
  if (/^(true|t|1|yes|y|on|active|enabled)$/.test(text)) return true;
  return /^(false|f|0|no|n|off|inactive|disabled)$/.test(text) ? false : null;
}

/** A moment of a column that was asked for in UTC; null: none, infinity, or one beyond what a `Date` holds. */
export function timeOf(row: OldRow, field: string): Date | null {
  const text = textOf(row, field);
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text)) return null;
  const date = new Date(`${text.replace(" ", "T")}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A whole number that a column of ours holds; null: none, or none of those. */
export function countOf(row: OldRow, field: string): number | null {
  const text = textOf(row, field);
  const number = Math.round(Number(text === "" ? Number.NaN : text));
  return number >= 0 && number <= INT4 ? number : null;
}

/** How long something took; what is no time counts as none, what doesn't fit as the longest. */
export function millisecondsOf(row: OldRow, field: string): number {
  const number = Number(textOf(row, field));
  if (!(number > 0)) return 0;
  return Math.min(Math.round(number), INT4);
}
