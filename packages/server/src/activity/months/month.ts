/** A month in UTC, as the number of months since the year 0: they are counted and compared. */
export type Month = number;

const NAME = /^activity_executions_(\d{4})_(\d{2})$/;

export function monthOf(at: Date): Month {
  return at.getUTCFullYear() * 12 + at.getUTCMonth();
}

/** When it begins. */
export function beginOf(month: Month): Date {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
}

/** Its partition's name. */
export function tableOf(month: Month): string {
  const [year, number] = [Math.floor(month / 12), (month % 12) + 1];
  return `activity_executions_${String(year).padStart(4, "0")}_${String(number).padStart(2, "0")}`;
}

/** Null for a table that is none of ours. */
export function monthOfTable(name: string): Month | null {
  const [, year, number] = NAME.exec(name) ?? [];
  return year === undefined ? null : Number(year) * 12 + Number(number) - 1;
}

/** The oldest month that is kept. @param keptMonths besides the one that goes on; 0: all */
export function oldestKept(now: Date, keptMonths: number): Month {
  return keptMonths === 0 ? Number.NEGATIVE_INFINITY : monthOf(now) - keptMonths;
}
