/**
 * The peer for the list of workspaces: Fastify and pg as anyone would write it in ten lines, asking nobody who
 * they are. Arguments: port, owner's id. `DATABASE_URL` in the environment.
 */
import Fastify from "fastify";
import pg from "pg";
import { listQuery } from "../../packages/server/src/workspaces/queries.ts";

const [port, owner] = process.argv.slice(2).map(Number);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? "", max: 10 });
const app = Fastify();

app.get("/workspaces/", async () => {
  const { rows } = await pool.query(listQuery, [owner]);
  const workspaces = rows.map((row) => ({
    id: Number(row.id),
    name: row.name,
    description: row.description,
    disk_space: Number(row.disk_space),
    datetime_created: row.created_at,
    datetime_last_modified: row.modified_at,
    datetime_last_job_launch: row.last_job_launch_at,
    workspace_details: {
      request_workspace_details: row.request_details,
      current_workspace_details: row.current_details,
    },
    status: row.status,
    default_job_type: row.default_job_type,
  }));
  return { message: "Successful.", success: true, data: { workspaces } };
});
await app.listen({ host: "127.0.0.1", port: port as number });
process.stdout.write(`http://127.0.0.1:${(app.server.address() as { port: number }).port}\n`);
