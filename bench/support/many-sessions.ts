import type pg from "pg";

/** Gives an owner a workspace and sessions that have ended, as if they had been run over the last year. */
export async function addEndedSessions(pool: pg.Pool, owner: number, count: number): Promise<void> {
  await pool.query(
    `with made as (
       insert into workspaces (owner_id, name, description, request_details, current_details)
       select $1, 'Tides of the northern harbours ' || n, '', '{}', '{}' from generate_series(1, 20) n
       returning id
     ), numbered as (select id, row_number() over () - 1 as at from made)
     insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, status, desired, reason,
       steps, time_limit_seconds, created_at, started_at, ready_at, ended_at, core_hours)
     select $1, numbered.id, (array['terminal', 'jupyter_lab', 'vscode', 'local_test_job'])[1 + n % 4], 'local', 'bench',
       gen_random_uuid(), 1, case when n % 7 = 0 then 'failed' else 'complete' end, 'stopped',
       case when n % 7 = 0 then 'It ended with status 1.' else 'Stopped by admin.' end,
       jsonb_build_array(jsonb_build_object('at', '2026-01-01T00:00:00.000Z', 'text', 'Asked for.')),
       3600, now() - n * interval '50 minutes', now() - n * interval '50 minutes', now() - n * interval '50 minutes',
       now() - n * interval '50 minutes' + interval '40 minutes', 0.66667
     from generate_series($2::int, 1, -1) n join numbered on numbered.at = n % 20
     order by n desc`,
    [owner, count],
  );
}
