import { sql } from "kysely";
import type { LaunchCause } from "../launch/causes.ts";
import type { HubDb, HubTrx } from "../tables.ts";
import { FINE_OUTCOMES } from "./call-log.ts";

/** The name under which launches are summed up beside calls. */
export const LAUNCH_CALL = "launch";

export interface CallFigures {
  readonly call: string;
  readonly calls: number;
  /** Answered by a hub that is well, refusals included. */
  readonly fine: number;
  readonly retries: number;
  /** Milliseconds, all attempts of a call together. */
  readonly mean_ms: number;
  readonly slowest_ms: number;
}

export interface LaunchFigures {
  /** `ok`, or why not; `unknown`: nobody has said. */
  readonly outcome: string;
  readonly launches: number;
  readonly mean_ms: number;
  readonly slowest_ms: number;
}

/** Calls of all servers of the cluster within the last so many minutes. */
export async function callFigures(db: HubDb, minutes: number): Promise<CallFigures[]> {
  const { rows } = await sql<CallFigures>`
    select call, sum(calls)::int as calls, sum(retries)::int as retries, max(slowest)::int as slowest_ms,
      coalesce(sum(calls) filter (where outcome = any(${[...FINE_OUTCOMES]}::text[])), 0)::int as fine,
      round(sum(milliseconds) / greatest(sum(calls), 1))::int as mean_ms
    from hub_calls where minute > now() - make_interval(mins => ${minutes}) and call <> ${LAUNCH_CALL}
    group by call order by call`.execute(db);
  return rows;
}

/** Launches that ended within the last so many minutes, by what they came to. */
export async function launchFigures(db: HubDb, minutes: number): Promise<LaunchFigures[]> {
  const { rows } = await sql<LaunchFigures>`
    select outcome, sum(calls)::int as launches, max(slowest)::int as slowest_ms,
      round(sum(milliseconds) / greatest(sum(calls), 1))::int as mean_ms
    from hub_calls where minute > now() - make_interval(mins => ${minutes}) and call = ${LAUNCH_CALL}
    group by outcome order by launches desc, outcome`.execute(db);
  return rows;
}

/** Counts a launch that has ended, in the transaction in which it did: once, whichever server ends it. */
export async function countLaunch(
  trx: HubTrx,
  { begunAt, outcome }: { readonly begunAt: Date; readonly outcome: "ok" | "unknown" | LaunchCause },
): Promise<void> {
  await sql`
    insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest)
    select date_trunc('minute', now()), ${LAUNCH_CALL}, ${outcome}, 1, 0, took, took
    from (select greatest(0, extract(epoch from clock_timestamp() - ${begunAt}::timestamptz) * 1000)::int as took) t
    on conflict (minute, call, outcome) do update set calls = hub_calls.calls + 1,
      milliseconds = hub_calls.milliseconds + excluded.milliseconds,
      slowest = greatest(hub_calls.slowest, excluded.slowest)`.execute(trx);
}

export interface FailureRow {
  readonly at: Date;
  readonly call: string;
  readonly cause: string;
  readonly said: string;
}

/** The newest first. */
export async function recentFailures(db: HubDb, limit: number): Promise<FailureRow[]> {
  return db
    .selectFrom("hub_failures")
    .select(["at", "call", "cause", "said"])
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

export interface FailedLaunchRow {
  readonly at: Date;
  readonly account_id: number;
  readonly username: string;
  readonly server: string;
  readonly cause: LaunchCause | null;
  readonly said: string | null;
  readonly operation_id: string;
}

/** Servers whose last launch failed, the newest first. */
export async function recentFailedLaunches(db: HubDb, limit: number): Promise<FailedLaunchRow[]> {
  const { rows } = await sql<FailedLaunchRow>`
    select l.ended_at as at, l.account_id, a.username, l.server, l.cause, l.said, l.operation_id
    from hub_launches l join accounts a on a.id = l.account_id
    where l.state = 'failed' and l.ended_at is not null order by l.ended_at desc limit ${limit}`.execute(db);
  return rows;
}
