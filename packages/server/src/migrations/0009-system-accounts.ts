import { type Kysely, sql } from "kysely";

/**
 * The numbers (uid, gid) of people's system accounts and groups. Files carry them, so a row is never deleted and a
 * number never given again, whatever becomes of the account: no reference to it, on purpose.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table system_numbers (
      number integer primary key check (number >= 1000),
      kind text not null check (kind in ('account', 'group')),
      -- Null: it was found to be somebody else's on the machine, and is given to nobody.
      owner_id bigint,
      drawn_at timestamptz not null default now(),
      -- When the machine first had it; until then another one may be drawn.
      confirmed_at timestamptz,
      unique (kind, owner_id)
    )`.execute(db);
}
