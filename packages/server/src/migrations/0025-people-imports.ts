import { type Kysely, sql } from "kysely";

/** People of a file, one row each from the beginning: each is made once, whatever crashes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table people_imports (
      operation_id uuid not null references operations (id) on delete cascade,
      -- Of the file.
      line integer not null,
      username text not null,
      -- What the file says of them; null once they have an account.
      person jsonb,
      -- Null: not come to yet.
      outcome text check (outcome in ('made', 'refused')),
      reason text,
      account_id bigint references accounts (id) on delete set null,
      primary key (operation_id, line)
    )`.execute(db);
  await sql`create index people_imports_account on people_imports (account_id)`.execute(db);
}
