import type { Calendar, Digits, Locale } from "./locale.ts";

/** Everything that is written differently in another language: numbers, sizes, times. */
export interface Format {
  number(value: number, digits?: number): string;
  /** A number that names something: no grouping. Text that is no number stays as it is. */
  id(id: number | string): string;
  /** A number as one types it: no grouping, up to six places. */
  exact(value: number): string;
  /** 0 to 100. */
  percent(value: number): string;
  date(at: string | Date): string;
  dateTime(at: string | Date): string;
  /** The time of day, with its date when that is not today's. */
  time(at: string | Date): string;
  /** "3 minutes ago"; exact to what matters. */
  relative(at: string | Date, now: number): string;
  /** Seconds as "1 hr, 5 min" (two largest units). */
  duration(seconds: number): string;
  /** Seconds with a decimal, where they are few: "2.4 sec". */
  seconds(seconds: number): string;
  /** How long something took; what is short as milliseconds. */
  took(milliseconds: number): string;
  /** A day without its year: "21 Nov". */
  day(at: string | Date): string;
  list(items: readonly string[]): string;
  /** Figures that are written as they stand, `1405/08/30`, in the reader's digits. */
  digits(text: string): string;
  readonly calendar: "gregory" | "persian";
}

const relativeUnits = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const numberings = { auto: "", latin: "-nu-latn", persian: "-nu-arabext" } as const;

/** The language tag with the calendar and the digits asked for: `fa-IR-u-ca-persian-nu-latn`, `en-GB-u-ca-gregory`. */
export function languageTag(locale: Locale, calendar: Calendar, digits: Digits = "auto"): string {
  const region = locale === "fa" ? "fa-IR" : "en-GB";
  const chosen = calendar === "auto" ? (locale === "fa" ? "persian" : "gregory") : calendar;
  return `${region}-u-ca-${chosen}${numberings[digits]}`;
}

export function makeFormat(locale: Locale, calendar: Calendar, digits: Digits = "auto"): Format {
  const tag = languageTag(locale, calendar, digits);
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: "medium" });
  const days = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" });
  const moments = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" });
  const times = new Intl.DateTimeFormat(tag, { timeStyle: "short" });
  const relatives = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const lists = new Intl.ListFormat(tag, { type: "conjunction" });
  // To make one takes a hundred times as long as to use it, and lists use them for every row.
  const numbers = new Map<string, Intl.NumberFormat>();
  const written = (value: number, options: Intl.NumberFormatOptions): string => {
    const key = JSON.stringify(options);
    const known = numbers.get(key) ?? new Intl.NumberFormat(tag, options);
    numbers.set(key, known);
    return known.format(value);
  };
  const unit = (value: number, name: string, display: "short" | "long" = "short", places = 0) =>
    written(value, { style: "unit", unit: name, unitDisplay: display, maximumFractionDigits: places });

  const seconds = (of: number) =>
    of < 60 ? unit(of, "second", "short", of < 10 ? 1 : 0) : unit(of / 60, "minute", "short", 1);

  return {
    number: (value, places = 0) => written(value, { maximumFractionDigits: places }),
    id: (id) => (/^\d{1,15}$/.test(String(id)) ? written(Number(id), { useGrouping: false }) : String(id)),
    exact: (value) => written(value, { useGrouping: false, maximumFractionDigits: 6 }),
    percent: (value) => written(value / 100, { style: "percent" }),
    date: (at) => dates.format(new Date(at)),
    dateTime: (at) => moments.format(new Date(at)),
    time(at) {
      const moment = new Date(at);
      return moment.toDateString() === new Date().toDateString() ? times.format(moment) : moments.format(moment);
    },
    relative(at, now) {
      const seconds = (new Date(at).getTime() - now) / 1000;
      for (const [name, length] of relativeUnits) {
        if (Math.abs(seconds) >= length) return relatives.format(Math.trunc(seconds / length), name);
      }
      return relatives.format(0, "second");
    },
    duration(seconds) {
      const whole = Math.max(0, Math.floor(seconds));
      const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
      if (hours > 0) return lists.format([unit(hours, "hour"), ...(minutes > 0 ? [unit(minutes, "minute")] : [])]);
      if (minutes > 0) return unit(minutes, "minute");
      return unit(rest, "second");
    },
    seconds,
    took: (ms) => (ms < 1_000 ? unit(ms, "millisecond") : seconds(ms / 1_000)),
    day: (at) => days.format(new Date(at)),
    list: (items) => lists.format(items),
    digits: (text) => text.replace(/\d/g, (digit) => written(Number(digit), {})),
    calendar: dates.resolvedOptions().calendar === "persian" ? "persian" : "gregory",
  };
}
