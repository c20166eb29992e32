/**
 * The peer for the dashboard: Fastify and pg as anyone would write it in ten lines, asking nobody who they are and no
 * hub. Arguments: port, account's id, what the hub said (JSON). `DATABASE_URL` in the environment.
 */
import Fastify from "fastify";
import pg from "pg";

const [port, account, status] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? "", max: 10 });
const app = Fastify();
const query = `
  select a.*, t.executions, t.errors, t.milliseconds, t.last_at, coalesce(d.executions, 0) as today
  from accounts a left join activity_totals t on t.account_id = a.id
    left join activity_days d on d.account_id = a.id and d.day = (now() at time zone 'UTC')::date
  where a.id = $1`;

app.get("/api/dashboard", async () => {
  const { rows } = await pool.query(query, [account]);
  const row = rows[0];
  const [total, errors] = [Number(row.executions ?? 0), Number(row.errors ?? 0)];
  return {
    user: {
      ...{ username: row.username, email: row.email, full_name: row.full_name, organization: row.organization },
      ...{ created_at: row.created_at, last_login: row.last_login_at, is_admin: row.is_admin },
    },
    session_remaining_seconds: 28_800,
    jupyter_status: JSON.parse(status ?? "{}"),
    stats: {
      total_executions: total,
      today_executions: Number(row.today),
      total_errors: errors,
      success_rate: total === 0 ? 0 : Math.round(((total - errors) / total) * 10_000) / 100,
      avg_execution_time_ms: total === 0 ? 0 : Math.round((Number(row.milliseconds) / total) * 100) / 100,
      last_execution: row.last_at,
    },
  };
});
await app.listen({ host: "127.0.0.1", port: Number(port) });
process.stdout.write(`http://127.0.0.1:${(app.server.address() as { port: number }).port}\n`);
