import { latinNumber } from "../locales/latin.ts";
import { fromPersianDay, toPersianDay } from "../locales/persian-day.ts";

/** A moment as a field of type `datetime-local` wants it, in the browser's time zone: `2026-11-21T18:30`. */
export function toField(at: string | Date | null): string {
  if (at === null) return "";
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The same as one writes it in the Persian calendar: `1405/08/30 18:30`. Anything else stays as it is. */
export function toPersianField(field: string): string {
  const [, day = "", time = ""] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)$/.exec(field) ?? [];
  return day === "" ? field : `${toPersianDay(day)} ${time}`;
}

/** The other way round, of either; null for an empty field, and for what is no moment. */
export function fromField(value: string): string | null {
  const [, persian, time] = /^(\S+) +(\d{1,2}:\d\d)$/.exec(latinNumber(value)) ?? [];
  const day = persian === undefined ? null : fromPersianDay(persian);
  const text = day === null ? value : `${day}T${time?.padStart(5, "0")}`;
  const moment = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text).getTime() : Number.NaN;
  return Number.isNaN(moment) ? null : new Date(moment).toISOString();
}

/** The browser's time zone by the name it has for people: "Iran Standard Time". */
export function zoneName(locale: string, at = new Date(), timeZone?: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "long" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}
