/**
 * CPUs times wall time in hours, as a decimal text with five places, rounded half up.
 * Exact: milliseconds and CPUs are whole numbers, and one unit of the fifth place is 36 CPU milliseconds.
 */
export function coreHours(cpus: number, startedAt: Date, endedAt: Date): string {
  const milliseconds = Math.max(0, endedAt.getTime() - startedAt.getTime());
  const units = (BigInt(cpus) * BigInt(milliseconds) + 18n) / 36n;
  return `${units / 100_000n}.${String(units % 100_000n).padStart(5, "0")}`;
}
