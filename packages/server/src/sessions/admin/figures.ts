import { sql } from "kysely";
import type { SessionsContext } from "../context.ts";
import { AWAY_AFTER, type Hang } from "./hanging.ts";
import { hangingOnes } from "./queries.ts";
import type { SpentQuota, SpentQuotas } from "./spent.ts";

/** A day (UTC), as sessions know it. */
export interface SessionDay {
  /** `2026-11-21` */
  readonly day: string;
  readonly started: number;
  /** That ran at some time of the day. */
  readonly running: number;
  readonly complete: number;
  readonly failed: number;
  /** From the request to readiness; null: none became ready. */
  readonly readyMedianMs: number | null;
  /** Settled on that day: a decimal text. */
  readonly coreHours: string;
}

export interface HangingSession {
  readonly id: number;
  readonly hang: Hang;
  readonly since: Date;
  readonly node: string;
  readonly jobType: string;
  readonly ownerId: number;
  readonly canGiveUp: boolean;
}

/** A server that gives no sign, though nothing that was asked of it is left to settle. */
export interface SilentHost {
  readonly node: string;
  readonly seenAt: Date;
}

export interface FailingType {
  readonly jobType: string;
  readonly failed: number;
  /** The newest failure. */
  readonly at: Date;
}

/** Failures in a row from which it is no accident. */
const SEVERAL = 3;

/** What the operators' overview asks of sessions. */
export interface SessionFigures {
  /** Days from one (`2026-11-21`) to another, both included; each there is, also those without sessions. */
  days(from: string, to: string): Promise<SessionDay[]>;
  /** Those that do not come on: how many, and the newest. */
  hanging(most: number): Promise<{ readonly count: number; readonly items: readonly HangingSession[] }>;
  /** Servers that give no sign, have no session, and were not retired. */
  silentHosts(most: number): Promise<readonly SilentHost[]>;
  /** People and groups whose core hours are used up, the first set first; new ones within half a minute. */
  spent(most: number): Promise<readonly SpentQuota[]>;
  /** Job types of which several sessions ended in the last day, and every one failed. */
  failingTypes(most: number): Promise<readonly FailingType[]>;
}

/** @param spent one for the whole server: it remembers */
export function sessionFigures(context: Pick<SessionsContext, "db" | "jobTypes">, spent: SpentQuotas): SessionFigures {
  return {
    days: (from, to) => readDays(context, from, to),
    async hanging(most) {
      const { count, rows } = await hangingOnes(context, most);
      const items = rows.flatMap((row) =>
        row.hang === null
          ? []
          : [
              {
                id: row.id,
                hang: row.hang,
                since: row.hang === "host_lost" ? (row.node_seen_at ?? row.created_at) : row.state_since,
                node: row.node_id,
                jobType: row.job_type,
                ownerId: row.owner_id,
                canGiveUp: row.hang === "host_lost" || row.hang === "stopping_long",
              },
            ],
      );
      return { count, items };
    },
    silentHosts: (most) => readSilent(context, most),
    spent: (most) => spent(context.db, most),
    failingTypes: (most) => readFailing(context, most),
  };
}

/** By the indexes of when jobs were asked for and ended: what is older is not looked at. */
async function readDays({ db }: Pick<SessionsContext, "db">, from: string, to: string): Promise<SessionDay[]> {
  const { rows } = await sql<SessionDay>`
    with days as (
      select d::date as day, d::date::timestamp at time zone 'UTC' as begins,
        (d::date + 1)::timestamp at time zone 'UTC' as ends
      from generate_series(${from}::date, ${to}::date, interval '1 day') d
    ),
    bounds as (select min(begins) as begins, max(ends) as ends from days),
    asked as (
      select (j.created_at at time zone 'UTC')::date as day, count(*)::int as started,
        percentile_cont(0.5) within group (order by extract(epoch from j.ready_at - j.created_at) * 1000)
          filter (where j.ready_at is not null) as ready
      from jobs j, bounds b where j.created_at >= b.begins and j.created_at < b.ends group by 1
    ),
    over as (
      select (j.ended_at at time zone 'UTC')::date as day, count(*) filter (where j.status = 'complete')::int as complete,
        count(*) filter (where j.status = 'failed')::int as failed, sum(j.core_hours) as hours
      from jobs j, bounds b where j.ended_at >= b.begins and j.ended_at < b.ends group by 1
    ),
    spans as (
      select j.started_at, j.ended_at from jobs j, bounds b
      where j.ended_at >= b.begins and j.started_at < b.ends
      union all
      select j.started_at, null from jobs j, bounds b where j.ended_at is null and j.started_at < b.ends
    ),
    ran as (
      select d.day, count(*)::int as running from days d
      join spans s on s.started_at < d.ends and (s.ended_at is null or s.ended_at >= d.begins) group by 1
    )
    select d.day::text as day, coalesce(a.started, 0) as started, coalesce(r.running, 0) as running,
      coalesce(o.complete, 0) as complete, coalesce(o.failed, 0) as failed, round(a.ready)::float8 as "readyMedianMs",
      coalesce(o.hours, 0)::numeric(24, 5)::text as "coreHours"
    from days d left join asked a using (day) left join over o using (day) left join ran r using (day)
    order by d.day`.execute(db);
  return rows;
}

/** One that works on under another name, from the same place, is not missed. */
async function readSilent({ db }: Pick<SessionsContext, "db">, most: number): Promise<SilentHost[]> {
  const { rows } = await sql<SilentHost>`
    select p.node_id as node, p.seen_at as "seenAt" from session_places p
    where p.seen_at < now() - make_interval(secs => ${AWAY_AFTER})
      and not exists (select from jobs j where j.node_id = p.node_id and j.ended_at is null)
      and not exists (select from session_places o where o.place = p.place and o.seen_at > p.seen_at)
    order by p.seen_at desc limit ${most}`.execute(db);
  return rows;
}

async function readFailing({ db }: Pick<SessionsContext, "db">, most: number): Promise<FailingType[]> {
  const { rows } = await sql<FailingType>`
    select job_type as "jobType", count(*)::int as failed, max(ended_at) as at from jobs
    where ended_at > now() - interval '1 day'
    group by job_type having count(*) >= ${SEVERAL} and bool_and(status = 'failed') order by 3 desc limit ${most}`.execute(
    db,
  );
  return rows;
}
