import { sql } from "kysely";
import type { SessionsContext } from "../context.ts";

/**
 * Why a session does not come on. `host_lost`: no server answers for it. `stopping_long`, `starting_long`: longer than
 * it takes. `unready_long`: its program runs and does not answer.
 */
export type Hang = "host_lost" | "stopping_long" | "starting_long" | "unready_long";

/** Seconds without a sign after which a server counts as away: it gives one every ten. */
export const AWAY_AFTER = 60;
/** Seconds that an end takes at most when all is well: five of grace, and time to look. */
export const STOPS_WITHIN = 60;
/** Seconds from one word of a start to the next, and where an environment may be made first. */
const STARTS_WITHIN = 300;
const PREPARED_WITHIN = 7_200;
/** Seconds that a program may take to answer after it was started. */
const READY_WITHIN = 600;

const ago = (seconds: number) => sql`now() - make_interval(secs => ${seconds})`;

/** Since when it is in its state, as far as its row tells. The tables must be named j and p. */
export const stateSince = sql<Date>`
  case
    when j.ended_at is not null then j.ended_at
    when j.status = 'running' then coalesce(j.ready_at, j.started_at, j.created_at)
    else coalesce((j.steps -> -1 ->> 'at')::timestamptz, j.created_at)
  end`;

/** Null: it is as it should be. */
export function hangOf(context: Pick<SessionsContext, "jobTypes">) {
  const answering = [...context.jobTypes.values()].filter(({ web }) => web === "program").map(({ id }) => id);
  return sql<Hang | null>`
    case
      when j.ended_at is not null then null
      when p.seen_at is null or p.seen_at < ${ago(AWAY_AFTER)} then 'host_lost'
      when (j.status = 'stopping' or j.desired = 'stopped') and ${stateSince} < ${ago(STOPS_WITHIN)} then 'stopping_long'
      when j.status = 'pending' and ${stateSince} < (
        case when j.preparing is null then ${ago(STARTS_WITHIN)} else ${ago(PREPARED_WITHIN)} end
      ) then 'starting_long'
      when j.status = 'running' and not j.ready and j.job_type = any(${answering}::text[])
        and j.started_at < ${ago(READY_WITHIN)} then 'unready_long'
    end`;
}
