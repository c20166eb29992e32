import type pg from "pg";

/** Gives an owner workspaces of ten files each, without their folders: only the list is measured. */
export async function addWorkspaces(pool: pg.Pool, owner: number, count: number): Promise<void> {
  await pool.query(
    `insert into workspaces (owner_id, name, description, disk_space, request_details, current_details, last_job_launch_at)
     select $1, 'Workspace ' || n, 'What this one is about, in a sentence.', 123456, request, current, now()
     from generate_series(1, $2::int) n,
     lateral (
       select jsonb_build_object('files', jsonb_agg(jsonb_build_object('name', 'data/run-' || n || '/table-' || f || '.csv')),
         'symlinks', '[]'::jsonb) request,
         jsonb_build_object('files', jsonb_agg(jsonb_build_object('name', '/data/run-' || n || '/table-' || f || '.csv')),
         'symlinks', '[]'::jsonb) current
       from generate_series(1, 10) f
     ) details`,
    [owner, count],
  );
}

/** Others with 50 workspaces each, until the table holds `total`. */
export async function fillTable(pool: pg.Pool, total: number): Promise<void> {
  const { rows } = await pool.query("select count(*)::int as n from workspaces");
  for (let left = total - rows[0].n; left > 0; left -= 50) {
    const added = await pool.query(
      `insert into accounts (username, username_key, email, full_name)
       select name, name, name || '@example.org', name from (select 'bench-' || gen_random_uuid() as name) made
       returning id`,
    );
    await addWorkspaces(pool, Number(added.rows[0].id), Math.min(50, left));
  }
  await pool.query("vacuum analyze workspaces");
}

export interface Plan {
  /** Node types and indexes from the top, as one text. */
  readonly shape: string;
  /** Pages looked at, in memory or not. */
  readonly buffers: number;
}

/** How PostgreSQL answers a query, run for real. */
export async function planOf(pool: pg.Pool, text: string, values: readonly unknown[]): Promise<Plan> {
  const { rows } = await pool.query(`explain (analyze, buffers, format json) ${text}`, [...values]);
  const top = rows[0]["QUERY PLAN"][0].Plan as PlanNode;
  return {
    shape: shapeOf(top),
    buffers: (top["Shared Hit Blocks"] ?? 0) + (top["Shared Read Blocks"] ?? 0),
  };
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly PlanNode[];
}

function shapeOf(node: PlanNode): string {
  const index = node["Index Name"] === undefined ? "" : ` ${node["Index Name"]}`;
  return [`${node["Node Type"]}${index}`, ...(node.Plans ?? []).map(shapeOf)].join(" > ");
}
