import { sql } from "kysely";
import type { OverviewContext } from "./context.ts";

/** The figures of one day (UTC). */
export interface Day {
  /** `2026-11-21` */
  readonly day: string;
  readonly people_active: number;
  readonly sessions_started: number;
  readonly sessions_running: number;
  readonly sessions_complete: number;
  readonly sessions_failed: number;
  readonly ready_median_ms: number | null;
  readonly core_hours: string;
  readonly room_bytes: number | null;
}

/** Days that curves go back at most; what is older is never summed up anew. */
export const MOST_DAYS = 90;

/** Days that are counted anew: what was lost meanwhile is settled at its server's last sign, on a day that was over. */
const RECOUNTED_DAYS = 7;
/** Hours after midnight (UTC) in which what is taken now is what the day before ended with. */
const ROOM_OF_YESTERDAY_HOURS = 2;

/** The last so many days, today's so far included: older ones as they are kept, the others counted now. */
export async function lastDays(context: OverviewContext, count: number, now = new Date()): Promise<Day[]> {
  const wanted = daysBefore(now, count);
  const [first = "", today = ""] = [wanted[0], wanted.at(-1)];
  const kept = new Map((await keptDays(context, first, today)).map((day) => [day.day, day]));
  const recent = new Set(wanted.slice(-RECOUNTED_DAYS));
  const missing = wanted.filter((day) => !kept.has(day) || recent.has(day));
  const counted = await countDays(context, missing[0] ?? today, today);
  const byDay = new Map(counted.map((day) => [day.day, day]));
  const room = await context.sources.roomUsed();
  return wanted.flatMap((day) => {
    const known = kept.get(day);
    const one = known === undefined || recent.has(day) ? (byDay.get(day) ?? known) : known;
    return one === undefined ? [] : { ...one, room_bytes: day === today ? room : (known?.room_bytes ?? null) };
  });
}

/** Sums up the days that are over and are not yet, and the last ones anew. Safe to repeat. @returns how many were */
export async function sumUp(context: OverviewContext, now = new Date()): Promise<number> {
  const over = daysBefore(now, MOST_DAYS + 1).slice(0, -1);
  const [first = "", yesterday = ""] = [over[0], over.at(-1)];
  const kept = new Set((await keptDays(context, first, yesterday)).map(({ day }) => day));
  const recent = new Set(over.slice(-RECOUNTED_DAYS));
  const wanted = over.filter((day) => !kept.has(day) || recent.has(day));
  const counted = await countDays(context, wanted[0] ?? yesterday, yesterday);
  const days = counted.filter(({ day }) => !kept.has(day) || recent.has(day));
  // What older days took nobody knows any more; nor, later in the day, what yesterday did.
  const isEarly = now.getUTCHours() < ROOM_OF_YESTERDAY_HOURS;
  const room = isEarly ? await context.sources.roomUsed() : null;
  const rows = days.map((day) => ({ ...day, room_bytes: day.day === yesterday ? room : null }));
  await context.db
    .insertInto("overview_days")
    .values(rows)
    .onConflict((conflict) =>
      conflict.column("day").doUpdateSet(({ ref }) => ({
        people_active: ref("excluded.people_active"),
        sessions_started: ref("excluded.sessions_started"),
        sessions_running: ref("excluded.sessions_running"),
        sessions_complete: ref("excluded.sessions_complete"),
        sessions_failed: ref("excluded.sessions_failed"),
        ready_median_ms: ref("excluded.ready_median_ms"),
        core_hours: ref("excluded.core_hours"),
      })),
    )
    .execute();
  return days.filter(({ day }) => !kept.has(day)).length;
}

async function keptDays({ db }: OverviewContext, from: string, to: string): Promise<Day[]> {
  const { rows } = await sql<Day>`
    select day::text as day, people_active, sessions_started, sessions_running, sessions_complete, sessions_failed,
      ready_median_ms, core_hours::text as core_hours, room_bytes
    from overview_days where day between ${from}::date and ${to}::date order by day`.execute(db);
  return rows;
}

/** From the history itself, by the indexes of its times. */
async function countDays(context: OverviewContext, from: string, to: string): Promise<Day[]> {
  const [sessions, active] = await Promise.all([
    context.sources.sessions(context.platform.db).days(from, to),
    peopleActive(context, from, to),
  ]);
  return sessions.map(({ day, started, running, complete, failed, readyMedianMs, coreHours }) => ({
    day,
    people_active: active.get(day) ?? 0,
    sessions_started: started,
    sessions_running: running,
    sessions_complete: complete,
    sessions_failed: failed,
    ready_median_ms: readyMedianMs,
    core_hours: coreHours,
    room_bytes: null,
  }));
}

/**
 * Who signed in, or did anything by a credential of their own that leaves an entry. Registering, being made, or what an
 * operation does later in somebody's name isn't being here; whoever counts here is one of those whom `people` calls seen.
 */
async function peopleActive({ db }: OverviewContext, from: string, to: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ day: string; people: number }>`
    select (at at time zone 'UTC')::date::text as day, count(distinct actor_id)::int as people from audit_entries
    where at >= ${from}::date::timestamp at time zone 'UTC'
      and at < (${to}::date + 1)::timestamp at time zone 'UTC' and actor_id is not null
      and (action = 'account.sign-in' and outcome = 'done' or credential_kind in ('cookie', 'jwt', 'pat', 'uws-token'))
    group by 1`.execute(db);
  return new Map(rows.map(({ day, people }) => [day, people]));
}

/** So many days, the last of them the one (UTC) of this moment; the oldest first. */
export function daysBefore(now: Date, count: number): string[] {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  return Array.from({ length: count }, (_, at) =>
    new Date(midnight - (count - 1 - at) * 86_400_000).toISOString().slice(0, 10),
  );
}
