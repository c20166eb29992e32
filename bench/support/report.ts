/** One measured figure beside what it is held against. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The bound in words, as in `≤ 160`. */
  readonly bound: string;
  readonly met: boolean;
  readonly note?: string;
}

export interface Report {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** A row whose value must be at most `limit`. */
export function atMost(what: string, value: number, limit: number, unit: string, note?: string): Row {
  return { what, value, unit, bound: `≤ ${limit}`, met: value <= limit, ...(note === undefined ? {} : { note }) };
}

/** A row whose value must be at least `limit`. */
export function atLeast(what: string, value: number, limit: number, unit: string, note?: string): Row {
  return { what, value, unit, bound: `≥ ${limit}`, met: value >= limit, ...(note === undefined ? {} : { note }) };
}

/** What a benchmark prints as its last line, for `bench/run.ts`. */
export function print(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
