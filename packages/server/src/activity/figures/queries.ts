import { sql } from "kysely";
import type { ActivityDb, ActivityTrx } from "../tables.ts";

type Connection = ActivityDb | ActivityTrx;

/** What somebody, or everybody, ran: how often, how often in vain, for how many milliseconds in all. */
export interface Figures {
  readonly executions: number;
  readonly errors: number;
  readonly milliseconds: number;
}

export interface DayFigures extends Figures {
  /** `2026-11-22`, in UTC. */
  readonly day: string;
}

export interface PersonFigures extends Figures {
  readonly account_id: number;
  readonly today: number;
  readonly last_at: Date | null;
}

const today = sql`(now() at time zone 'UTC')::date`;

/** Two rows by their keys, whatever they ran. */
export async function figuresOf(db: Connection, accountId: number): Promise<PersonFigures | null> {
  const { rows } = await sql<PersonFigures>`
    select t.account_id, t.executions, t.errors, t.milliseconds, t.last_at, coalesce(d.executions, 0) as today
    from activity_totals t left join activity_days d on d.account_id = t.account_id and d.day = ${today}
    where t.account_id = ${accountId}`.execute(db);
  return rows[0] ?? null;
}

/** Everybody's who has reported something, the latest first. */
export async function figuresOfAll(db: Connection): Promise<PersonFigures[]> {
  const { rows } = await sql<PersonFigures>`
    select t.account_id, t.executions, t.errors, t.milliseconds, t.last_at, coalesce(d.executions, 0) as today
    from activity_totals t left join activity_days d on d.account_id = t.account_id and d.day = ${today}
    where t.executions > 0 order by t.last_at desc nulls last, t.account_id`.execute(db);
  return rows;
}

/** The last so many days, this one included; those on which nothing ran are left out. Oldest first. */
export async function daysOf(db: Connection, accountId: number, days: number): Promise<DayFigures[]> {
  const { rows } = await sql<DayFigures>`
    select day::text as day, executions, errors, milliseconds from activity_days
    where account_id = ${accountId} and day > ${today} - ${days}::int order by activity_days.day`.execute(db);
  return rows;
}

/** By hour of the day (UTC) over the last so many days: 0 to 23, those in which nothing ran are left out. */
export async function hoursOf(
  db: Connection,
  accountId: number,
  days: number,
): Promise<{ hour: number; executions: number; errors: number }[]> {
  const { rows } = await sql<{ hour: number; executions: number; errors: number }>`
    select extract(hour from at at time zone 'UTC')::int as hour, count(*) as executions,
      count(*) filter (where failed) as errors
    from activity_executions
    where account_id = ${accountId} and at >= (${today} - ${days - 1}::int)::timestamp at time zone 'UTC'
    group by 1 order by 1`.execute(db);
  return rows;
}

export interface SystemFigures extends Figures {
  readonly people: number;
  readonly today: number;
}

export async function figuresOfSystem(db: Connection): Promise<SystemFigures> {
  const { rows } = await sql<SystemFigures>`
    select count(*) as people, coalesce(sum(executions), 0)::bigint as executions,
      coalesce(sum(errors), 0)::bigint as errors, coalesce(sum(milliseconds), 0)::bigint as milliseconds,
      (select coalesce(sum(executions), 0)::bigint from activity_days where day = ${today}) as today
    from activity_totals where executions > 0`.execute(db);
  return rows[0] ?? { people: 0, executions: 0, errors: 0, milliseconds: 0, today: 0 };
}

/** Who ran most. */
export async function busiest(db: Connection, limit: number): Promise<{ account_id: number; executions: number }[]> {
  const { rows } = await sql<{ account_id: number; executions: number }>`
    select account_id, executions from activity_totals where executions > 0
    order by executions desc, account_id limit ${limit}`.execute(db);
  return rows;
}

/**
 * Counts a person's days anew from what is kept, and the person's totals from the days. The caller holds the figures
 * (`lockFigures`). @param days `2026-11-22`
 */
export async function recount(trx: ActivityTrx, accountId: number, days: readonly string[]): Promise<void> {
  await sql`delete from activity_days where account_id = ${accountId} and day = any(${[...days]}::date[])`.execute(trx);
  await sql`
    insert into activity_days (account_id, day, executions, errors, milliseconds, last_at)
    select ${accountId}, d.day, count(*), count(*) filter (where e.failed), sum(e.milliseconds), max(e.at)
    from unnest(${[...days]}::date[]) as d (day)
    join activity_executions e on e.account_id = ${accountId} and e.at >= d.day::timestamp at time zone 'UTC'
      and e.at < (d.day + 1)::timestamp at time zone 'UTC'
    group by d.day`.execute(trx);
  await sumUp(trx, [accountId]);
}

/** People's totals from their days. The caller holds their figures. */
export async function sumUp(trx: ActivityTrx, accountIds: readonly number[]): Promise<void> {
  await sql`
    update activity_totals t set executions = d.executions, errors = d.errors, milliseconds = d.milliseconds,
      last_at = d.last_at
    from (
      select o.account_id, coalesce(sum(f.executions), 0) as executions, coalesce(sum(f.errors), 0) as errors,
        coalesce(sum(f.milliseconds), 0) as milliseconds, max(f.last_at) as last_at
      from activity_totals o left join activity_days f on f.account_id = o.account_id
      where o.account_id = any(${[...accountIds]}::bigint[])
      group by o.account_id
    ) d where d.account_id = t.account_id and
      (t.executions, t.errors, t.milliseconds) is distinct from (d.executions, d.errors, d.milliseconds)`.execute(trx);
}
