import { type Static, Type } from "typebox";
import type { Execution } from "../search/queries.ts";

/** Contract 2's shapes. */

const Text = Type.Union([Type.String(), Type.Null()]);
const Time = Type.String({ format: "date-time" });
const listed = {
  id: Type.Integer(),
  timestamp: Time,
  cell_number: Type.Union([Type.Integer(), Type.Null()]),
  code_preview: Type.String({ description: "100 characters." }),
  execution_time_ms: Type.Integer(),
  status: Type.Union([Type.Literal("success"), Type.Literal("error")]),
  error_preview: Type.Union([Type.String(), Type.Null()], { description: "200 characters." }),
};
const whole = Type.Object({ ...listed, code: Type.String(), error_message: Text });
type Listed = Static<typeof Logs>["logs"][number];

export const LogsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  offset: Type.Integer({
    minimum: 0,
    maximum: 100_000,
    default: 0,
    description: "Further back: /api/stoa/v1/activity.",
  }),
});
export const Logs = Type.Object({ logs: Type.Array(Type.Object(listed)), count: Type.Integer() });

export const RecentQuery = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 }) });
export const Recent = Type.Object({ activities: Type.Array(whole), count: Type.Integer() });

export const StatsQuery = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 366, default: 7 }) });
export const Stats = Type.Object({
  daily_stats: Type.Array(
    Type.Object({
      date: Type.String({ format: "date", description: "UTC; days on which nothing ran are left out." }),
      executions: Type.Integer(),
      success_count: Type.Integer(),
      error_count: Type.Integer(),
      avg_time_ms: Type.Number(),
    }),
  ),
  period_days: Type.Integer(),
});

export const SearchQuery = Type.Object({
  query: Type.String({ maxLength: 200, default: "" }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
});
export const Found = Type.Object({ results: Type.Array(whole), query: Type.String(), count: Type.Integer() });

export const AllUsers = Type.Object({
  users_activity: Type.Array(
    Type.Object({
      username: Type.String(),
      total_executions: Type.Integer(),
      today_executions: Type.Integer(),
      error_count: Type.Integer(),
      avg_time_ms: Type.Number(),
      last_active: Type.Union([Time, Type.Null()]),
    }),
  ),
  total_users: Type.Integer(),
});

export const SystemStats = Type.Object({
  total_executions: Type.Integer(),
  active_users: Type.Integer({ description: "Who has reported anything that is kept." }),
  today_executions: Type.Integer(),
  total_errors: Type.Integer(),
  avg_execution_time_ms: Type.Number(),
  top_users: Type.Array(Type.Object({ username: Type.String(), executions: Type.Integer() })),
  recent_errors: Type.Array(
    Type.Object({ username: Type.String(), timestamp: Time, code_preview: Type.String(), error: Text }),
  ),
});

export function presentListed(row: Execution): Listed {
  return {
    id: row.id,
    timestamp: row.at.toISOString(),
    cell_number: row.cell_number,
    code_preview: preview(row.code, 100),
    execution_time_ms: row.milliseconds,
    status: row.failed ? "error" : "success",
    error_preview: row.error === null ? null : preview(row.error, 200),
  };
}

export function presentWhole(row: Execution): Static<typeof whole> {
  return { ...presentListed(row), code: row.code, error_message: row.error };
}

/** Characters as people count them: no half of a pair at the end. */
export function preview(text: string, most: number): string {
  return text.length <= most ? text : [...text.slice(0, most * 2)].slice(0, most).join("");
}
