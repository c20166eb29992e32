/**
 * CPUs times wall time in hours, as a decimal text with five places, rounded half up.
 * Exact: milliseconds and CPUs are whole numbers, and one unit of the fifth place is 36 CPU milliseconds.
 */
export function coreHours(cpus: number, startedAt: Date, endedAt: Date): string {
  const milliseconds = Math.max(0, endedAt.getTime() - startedAt.getTime());
  return textOf((BigInt(cpus) * BigInt(milliseconds) + 18n) / 36n);
}

/** What a session may take at most: CPUs times its time limit in hours. */
export function coreHoursOf(cpus: number, seconds: number): string {
  return coreHours(cpus, new Date(0), new Date(seconds * 1000));
}

const PLACES = 100_000n;

/** A decimal text with up to five places as whole hundred-thousandths, for exact sums. */
export function unitsOf(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * PLACES + BigInt(fraction.padEnd(5, "0"));
}

/** The reverse: five places. */
export function textOf(units: bigint): string {
  return `${units / PLACES}.${String(units % PLACES).padStart(5, "0")}`;
}

/** For people: without zeros at the end. */
export function shownCoreHours(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
