import type { ActivityDb } from "../tables.ts";
import { type Figures, figuresOf } from "./queries.ts";

/** What a person ran, in figures; times in milliseconds, rates in percent. Contract 2's `stats`. */
export interface ActivityStats {
  readonly total_executions: number;
  readonly today_executions: number;
  readonly total_errors: number;
  readonly success_rate: number;
  readonly avg_execution_time_ms: number;
  readonly last_execution: string | null;
}

export async function statsOf(db: ActivityDb, accountId: number): Promise<ActivityStats> {
  const figures = (await figuresOf(db, accountId)) ?? {
    ...{ executions: 0, errors: 0, milliseconds: 0, today: 0, last_at: null },
  };
  return {
    total_executions: figures.executions,
    today_executions: figures.today,
    total_errors: figures.errors,
    success_rate: successRate(figures),
    avg_execution_time_ms: average(figures),
    last_execution: figures.last_at?.toISOString() ?? null,
  };
}

/** Percent with two decimals; 0 when nothing ran. */
export function successRate({ executions, errors }: Figures): number {
  return executions === 0 ? 0 : rounded(((executions - errors) / executions) * 100);
}

/** Milliseconds with two decimals; 0 when nothing ran. */
export function average({ executions, milliseconds }: Figures): number {
  return executions === 0 ? 0 : rounded(milliseconds / executions);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
