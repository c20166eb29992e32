import { type Kysely, sql } from "kysely";

/** What people are told of that happened without their doing, and which of it they want where. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table notices (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      kind text not null,
      -- What happened, once: told again by a retry, it is the same notice.
      key text not null,
      subject_kind text not null,
      subject_id text not null,
      -- What its sentence is made of.
      said jsonb not null,
      -- Not: it goes by mail only.
      shown boolean not null,
      mail text not null check (mail in ('none', 'due', 'digest', 'sent')),
      created_at timestamptz not null default now(),
      read_at timestamptz,
      unique (account_id, kind, key)
    )`.execute(db);
  await sql`create index notices_shown on notices (account_id, id desc) where shown`.execute(db);
  await sql`create index notices_unread on notices (account_id, id desc) where shown and read_at is null`.execute(db);
  await sql`create index notices_mail on notices (mail, account_id) where mail in ('due', 'digest')`.execute(db);
  await sql`
    create table notice_preferences (
      account_id bigint not null references accounts (id) on delete cascade,
      kind text not null,
      shown boolean not null,
      mail text not null check (mail in ('none', 'at_once', 'daily')),
      primary key (account_id, kind)
    )`.execute(db);
  await sql`
    create table sign_in_places (
      account_id bigint not null references accounts (id) on delete cascade,
      -- The network of its address: from a new one its owner is told.
      place cidr not null,
      seen_at timestamptz not null default now(),
      primary key (account_id, place)
    )`.execute(db);
  await knownPlaces(db);
  // Events that are nobody's but their account's, administrators included. Short-lived rows: they need no second look.
  await sql`
    alter table events drop constraint events_visibility_check,
      add constraint events_visibility_check
        check (visibility in ('accounts', 'everyone', 'internal', 'private')) not valid`.execute(db);
}

/**
 * Where everybody signed in from until now: the first network after the upgrade may be somebody else's. Who signed in
 * from none that is known any more has one in which nobody is (0.0.0.0): their next one is told, too.
 */
async function knownPlaces(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function pg_temp.place_of(address text) returns cidr language plpgsql as $$
    declare
      a inet;
    begin
      a := regexp_replace(regexp_replace(address, '^::ffff:(?=[0-9]+[.])', '', 'i'), '%.*$', '')::inet;
      return network(set_masklen(a, case family(a) when 4 then 24 else 48 end));
    exception when others then
      return null;
    end $$`.execute(db);
  await sql`
    insert into sign_in_places (account_id, place, seen_at)
    select account_id, place, max(at) from (
      select account_id, pg_temp.place_of(last_ip) as place, last_used_at as at from web_sessions
      union all select account_id, pg_temp.place_of(last_ip), coalesce(last_used_at, created_at) from uws_tokens
      union all select e.actor_id, pg_temp.place_of(e.address), e.at from audit_entries e
        join accounts a on a.id = e.actor_id where e.action = 'account.sign-in'
    ) known where place is not null and at > now() - interval '400 days' group by account_id, place`.execute(db);
  await sql`
    insert into sign_in_places (account_id, place) select id, '0.0.0.0/32' from accounts a
    where kind = 'person' and last_login_at is not null
      and not exists (select from sign_in_places p where p.account_id = a.id)`.execute(db);
  await sql`drop function pg_temp.place_of(text)`.execute(db);
}
