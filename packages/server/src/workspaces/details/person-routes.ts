import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sql } from "kysely";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { WorkspacesDb } from "../tables.ts";

const Time = Type.String({ description: "ISO 8601 with milliseconds, UTC." });
const PersonWorkspaces = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      status: Type.String(),
      bytes: Type.Integer(),
      created_at: Time,
      last_job_launch_at: Type.Union([Time, Type.Null()]),
      shared_with: Type.Integer({ description: "People who have it, or are asked whether they want it." }),
      received_from: Type.Union([Type.Integer(), Type.Null()], { description: "The account that shared it." }),
    }),
    { description: "The two hundred largest." },
  ),
  next_cursor: Type.Null(),
});
const MOST = 200;

interface Row {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly bytes: number;
  readonly created_at: Date;
  readonly last_job_launch_at: Date | null;
  readonly shared_with: number;
  readonly received_from: number | null;
}

/** What an administrator sees of somebody's workspaces: names and figures, never what is in them. */
export function personRoutes(db: WorkspacesDb): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/people/:id/workspaces",
      {
        schema: {
          summary: "A person's workspaces",
          description: "Largest first, with how many have them and from whom they came; for administrators.",
          tags: ["people"],
          params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
          response: { 200: PersonWorkspaces },
        },
        config: {
          policy: { dialect: "stoa", access: { scope: "people:read", admin: true } } satisfies RoutePolicy,
        },
      },
      async ({ params }) => {
        const { rows } = await sql<Row>`
          select w.id, w.name, w.status, coalesce(w.disk_space, 0)::float8 as bytes, w.created_at, w.last_job_launch_at,
            (select count(*)::int from workspace_shares s where s.original_workspace_id = w.id
              and s.sender_id = w.owner_id and (s.answer is null or s.answer = 'accepted')) as shared_with,
            (select s.sender_id from workspace_shares s where s.id = w.id) as received_from
          from workspaces w where w.owner_id = ${params.id} and w.deleted_at is null and not w.share_pending
          order by w.disk_space desc nulls last, w.id limit ${MOST}`.execute(db);
        return {
          items: rows.map((row) => ({
            ...row,
            created_at: row.created_at.toISOString(),
            last_job_launch_at: row.last_job_launch_at?.toISOString() ?? null,
          })),
          next_cursor: null,
        };
      },
    );
  };
}
