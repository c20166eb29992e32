import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ActivityContext } from "../context.ts";
import { busiest, figuresOfAll, figuresOfSystem } from "../figures/queries.ts";
import { average } from "../figures/stats.ts";
import { usernamesOf } from "../names.ts";
import { policies } from "../policy.ts";
import { newest } from "../search/queries.ts";
import * as schema from "./schema.ts";

const tags = ["activity"];
const policy = policies.contractReadAll;
const everybody = { accountId: null, status: null, from: null, to: null };

/** Contract 2: everybody's activity, for administrators. All of it is self-reported. */
export function contractAdminRoutes({ db, people }: ActivityContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/admin/all-users-activity",
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "What everybody runs, in figures" },
          description: "Everybody who has reported something that is kept, the latest first.",
          response: { 200: schema.AllUsers },
        },
      },
      async () => {
        const rows = await figuresOfAll(db);
        const nameOf = await usernamesOf(people, rows);
        return {
          users_activity: rows.map((row) => ({
            username: nameOf(row),
            total_executions: row.executions,
            today_executions: row.today,
            error_count: row.errors,
            avg_time_ms: average(row),
            last_active: row.last_at?.toISOString() ?? null,
          })),
          total_users: rows.length,
        };
      },
    );

    app.get(
      "/api/admin/system-stats",
      {
        config: { policy },
        schema: { tags, summary: "What is run here, in figures", response: { 200: schema.SystemStats } },
      },
      async () => {
        const [figures, top, errors] = await Promise.all([
          figuresOfSystem(db),
          busiest(db, 5),
          newest(db, { ...everybody, status: "error" }, { before: null, limit: 10 }),
        ]);
        const nameOf = await usernamesOf(people, [...top, ...errors]);
        return {
          total_executions: figures.executions,
          active_users: figures.people,
          today_executions: figures.today,
          total_errors: figures.errors,
          avg_execution_time_ms: average(figures),
          top_users: top.map((row) => ({ username: nameOf(row), executions: row.executions })),
          recent_errors: errors.map((row) => ({
            username: nameOf(row),
            timestamp: row.at.toISOString(),
            code_preview: schema.preview(row.code, 100),
            error: row.error === null ? null : schema.preview(row.error, 200),
          })),
        };
      },
    );
  };
}
