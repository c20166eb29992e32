import pg from "pg";
import { findEmbeddedPostgres } from "../../../packages/server/src/platform/database/embedded/embedded-postgres.ts";

/** What Stoa has written down. */
export interface Books {
  readonly rows: readonly SessionRow[];
  /** Entries of the audit log, by job and action. */
  readonly audit: ReadonlyMap<number, Readonly<Record<string, number>>>;
  /** Statuses, by workspace. */
  readonly workspaces: ReadonlyMap<number, string>;
  /** Operations of sessions that are under way or have failed, as people would be told. */
  readonly openOperations: readonly string[];
}

export interface SessionRow {
  readonly id: number;
  readonly workspace_id: number;
  readonly marker: string;
  readonly idempotency_key: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly cpus: number;
  readonly time_limit_seconds: number | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly exit_code: number | null;
  readonly core_hours: number;
  /** What it may still take, while it lives. */
  readonly core_hours_reserved: number;
}

/** Reads them past the server, in one snapshot. */
export async function readBooks(dataDir: string): Promise<Books> {
  const found = await findEmbeddedPostgres(dataDir);
  if (found === null) throw new Error("no database runs in the data directory");
  const client = new pg.Client({ connectionString: found.url, application_name: "chaos" });
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    const rows = await client.query<SessionRow>(
      `select id::float8 as id, workspace_id::float8 as workspace_id, marker, idempotency_key, status, reason, cpus,
         time_limit_seconds, started_at, ended_at, exit_code, core_hours::float8 as core_hours,
         core_hours_reserved::float8 as core_hours_reserved from jobs order by id`,
    );
    const entries = await client.query<{ id: string; action: string; count: number }>(
      `select subject_id as id, action, count(*)::int as count from audit_entries
       where subject_kind = 'session' group by 1, 2`,
    );
    const workspaces = await client.query<{ id: number; status: string }>(
      "select id::float8 as id, status from workspaces",
    );
    const operations = await client.query<{ kind: string; state: string; subject_id: string; error: unknown }>(
      `select kind, state, subject_id, error from operations
       where kind like 'session.%' and state in ('queued', 'running', 'failed')`,
    );
    return {
      rows: rows.rows,
      audit: countsOf(entries.rows),
      workspaces: new Map(workspaces.rows.map(({ id, status }) => [id, status])),
      openOperations: operations.rows.map(
        ({ kind, state, subject_id, error }) => `${kind} of session ${subject_id} is ${state} ${JSON.stringify(error)}`,
      ),
    };
  } finally {
    await client.end();
  }
}

function countsOf(entries: readonly { id: string; action: string; count: number }[]): Books["audit"] {
  const counts = new Map<number, Record<string, number>>();
  for (const { id, action, count } of entries) {
    counts.set(Number(id), { ...counts.get(Number(id)), [action]: count });
  }
  return counts;
}
