import type { Day } from "../api/overview.ts";
import type { Format } from "../locales/format.ts";

/** One figure of each day. */
/** How its values are written; sizes as everywhere about storage. */
type Figures = Pick<Format, "number" | "seconds" | "percent"> & { readonly size: (bytes: number) => string };

export interface Figure {
  /** Under `overview.curve` in the catalogues. */
  readonly word: string;
  /** Null: there is none for that day. */
  of(day: Day): number | null;
  write(value: number, format: Figures): string;
  /** What the large number is: all days together, their mean, or the last that there is. */
  readonly sum: "total" | "mean" | "last";
  readonly tone: "accent" | "busy" | "good";
}

const count = (value: number, format: Figures) => format.number(value);

export const figures: readonly Figure[] = [
  { word: "people", of: (day) => day.people_active, write: count, sum: "last", tone: "accent" },
  { word: "started", of: (day) => day.sessions_started, write: count, sum: "total", tone: "accent" },
  { word: "running", of: (day) => day.sessions_running, write: count, sum: "last", tone: "accent" },
  {
    word: "ready",
    of: ({ ready_median_ms: ms }) => (ms === null ? null : ms / 1000),
    write: (seconds, format) => format.seconds(seconds),
    sum: "mean",
    tone: "busy",
  },
  {
    word: "success",
    of: ({ sessions_complete: complete, sessions_failed: failed }) =>
      complete + failed === 0 ? null : (complete / (complete + failed)) * 100,
    write: (share, format) => format.percent(share),
    sum: "mean",
    tone: "good",
  },
  {
    word: "hours",
    of: (day) => Number(day.core_hours),
    write: (hours, format) => format.number(hours, hours < 100 ? 1 : 0),
    sum: "total",
    tone: "accent",
  },
  {
    word: "room",
    of: (day) => day.room_bytes,
    write: (bytes, { size }) => size(bytes),
    sum: "last",
    tone: "accent",
  },
];

/** The large number; null: no day has a figure. */
export function sumOf({ of, sum }: Pick<Figure, "of" | "sum">, days: readonly Day[]): number | null {
  const values = days.map(of).filter((value) => value !== null);
  const last = values.at(-1);
  if (last === undefined) return null;
  if (sum === "last") return last;
  const total = values.reduce((all, value) => all + value, 0);
  return sum === "total" ? total : total / values.length;
}
