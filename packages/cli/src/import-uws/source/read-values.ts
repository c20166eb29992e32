import { asObject, storable } from "../../importing/foreign-values.ts";
import type { OldRow } from "./old-database.ts";

/** A positive whole number; null when it is none that a number can hold. */
export function readId(row: OldRow, column: string): number | null {
  const id = Number(row[column] ?? Number.NaN);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** Text that PostgreSQL can hold. */
export function readText(row: OldRow, column: string): string {
  return storable(row[column] ?? "");
}

/** PostgreSQL says true, SQLite 1. */
export function readFlag(row: OldRow, column: string): boolean {
  return ["true", "t", "1"].includes(row[column] ?? "");
}

/** UTC where nothing else is said, as Django writes it. */
export function readTime(row: OldRow, column: string): Date | null {
  const text = row[column];
  if (!text) return null;
  const zone = /(?:Z|[+-]\d\d(?::?\d\d)?)$/.exec(text.slice(10))?.[0] ?? "";
  const time = text.slice(0, text.length - zone.length).replace(" ", "T");
  const date = new Date(time + (zone === "" ? "Z" : /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A JSON object; empty for anything else. */
export function readObject(row: OldRow, column: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(row[column] ?? "", storableValue));
  } catch {
    return {};
  }
}

/** Keys are cleaned with the object that has them. */
function storableValue(_key: string, value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), inner]));
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A decimal that is not negative, with five places at most; "0" for anything else. */
export function readDecimal(row: OldRow, column: string): string {
  const text = row[column] ?? "";
  if (/^\d{1,11}(\.\d+)?$/.test(text)) return Number(text) === 0 ? "0" : text;
  const number = Number(text);
  return Number.isFinite(number) && number > 0 && number < 1e11 ? number.toFixed(5) : "0";
}
