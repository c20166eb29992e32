import { randomUUID } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import type { WebhooksDb } from "../tables.ts";

/** At once to one endpoint, from one server; to one that fails it is one. */
const PER_ENDPOINT = 4;
/** At once to all endpoints of one owner, from one server. */
export const PER_OWNER = 6;
/** Longer than any attempt takes: what is not noted by then was not brought to its end, and is sent again. */
const CLAIM_SECONDS = 60;

export interface Claim {
  readonly id: number;
  readonly endpoint_id: number;
  /** Whose endpoint it is. */
  readonly account_id: number;
  readonly attempts: number;
  /** Whoever claims it after us has another. */
  readonly token: string;
}

/** What this server is sending now. */
export interface Busy {
  readonly endpoints: ReadonlyMap<number, number>;
  readonly owners: ReadonlyMap<number, number>;
}

/** How many places the endpoint `e` has. */
const placesOf = sql`case when e.failing_since is null then ${sql.lit(PER_ENDPOINT)} else 1 end`;

/**
 * Takes deliveries that are due, so many of each endpoint and of each owner as have a place: owners in turn, whoever is
 * sent least to first, and so each one's endpoints; of each the oldest. Two servers never take the same one. It goes from endpoint to endpoint by
 * the index: however much waits for one, the others' are found at once.
 *
 * How long a claim holds is by the database's clock: servers' own may differ, and one would send what another is sending.
 */
export async function claimDue(
  db: WebhooksDb,
  { now, places, busy }: { readonly now: Date; readonly places: number; readonly busy: Busy },
): Promise<Claim[]> {
  if (places <= 0) return [];
  const token = randomUUID();
  const free = sql`state = 'waiting' and next_at <= ${now} and (claimed_until is null or claimed_until <= now())`;
  const { rows } = await sql<Omit<Claim, "token">>`
    with recursive busy as (${counts(busy.endpoints)}), busy_owners as (${counts(busy.owners)}),
    waited_for as (
      (select endpoint_id from webhook_deliveries where state = 'waiting' order by endpoint_id limit 1)
      union all
      select (select d.endpoint_id from webhook_deliveries d where d.state = 'waiting' and d.endpoint_id > w.endpoint_id
        order by d.endpoint_id limit 1) from waited_for w where w.endpoint_id is not null
    ),
    due as (
      select d.id, d.next_at, e.account_id, coalesce(busy.count, 0) + d.n as turn from waited_for w join webhook_endpoints e on e.id = w.endpoint_id
      left join busy on busy.id = e.id
      cross join lateral (
        select id, next_at, row_number() over (order by next_at, id) as n
        from webhook_deliveries where endpoint_id = w.endpoint_id and ${free} order by next_at, id
        limit greatest(0, ${placesOf} - coalesce(busy.count, 0))
      ) d
    ),
    turns as (
      select d.id, d.next_at, d.account_id,
        coalesce(b.count, 0) + row_number() over (partition by d.account_id order by d.turn, d.next_at, d.id) as turn
      from due d left join busy_owners b on b.id = d.account_id
    ),
    chosen as (
      select id, account_id from turns where turn <= ${PER_OWNER} order by turn, next_at, id limit ${places}
    ),
    taken as (
      select id from webhook_deliveries where id in (select id from chosen) and ${free}
      order by id for update skip locked
    )
    update webhook_deliveries d set claimed_by = ${token}, claimed_until = now() + make_interval(secs => ${CLAIM_SECONDS})
    from taken join chosen using (id) where d.id = taken.id
    returning d.id, d.endpoint_id, chosen.account_id, d.attempts`.execute(db);
  return rows.map((row) => ({ ...row, token }));
}

function counts(of: ReadonlyMap<number, number>): RawBuilder<unknown> {
  return sql`select * from unnest(${[...of.keys()]}::bigint[], ${[...of.values()]}::int[]) as b (id, count)`;
}
