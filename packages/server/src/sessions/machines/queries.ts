import { sql } from "kysely";
import type { SessionsDb } from "../tables.ts";

/** A host that has, or had, sessions. */
export interface HostUse {
  readonly node: string;
  /** Its server's last sign; null: it never gave one. */
  readonly seenAt: Date | null;
  readonly live: number;
  /** Cores and bytes that its live sessions may take. */
  readonly cores: number;
  readonly memory: number;
}

/** Bytes that a session may take which does not say. */
const USUAL_MIB = 1024;

/** Hosts by name, with what their live sessions may take. */
export async function hostUse(db: SessionsDb): Promise<HostUse[]> {
  const { rows } = await sql<{ node: string; seen_at: Date | null; live: number; cores: number; mib: number }>`
    select coalesce(p.node_id, j.node_id) as node, p.seen_at, coalesce(j.live, 0)::int as live,
      coalesce(j.cores, 0)::float as cores, coalesce(j.mib, 0)::float as mib
    from (select node_id, max(seen_at) as seen_at from session_places group by node_id) p
    full join (
      select node_id, count(*) as live, sum(cpus) as cores,
        sum(coalesce((options->>'memory_mb')::numeric, ${USUAL_MIB})) as mib
      from jobs where ended_at is null group by node_id
    ) j on j.node_id = p.node_id
    order by 1`.execute(db);
  return rows.map(({ node, seen_at, live, cores, mib }) => ({
    node,
    seenAt: seen_at,
    live,
    cores,
    memory: mib * 2 ** 20,
  }));
}

/** The last sessions that failed, newest first. */
export function lastFailures(db: SessionsDb, most: number) {
  return db
    .selectFrom("jobs")
    .select(["id", "job_type", "node_id", "ended_at", "reason"])
    .where("status", "=", "failed")
    .where("ended_at", ">", sql<Date>`now() - interval '7 days'`)
    .orderBy("ended_at", "desc")
    .limit(most)
    .execute();
}
