import { createTestDatabase } from "@stoa/server/testing/test-database.ts";

/** An old portal's database that nobody serves any more. */
export interface OldPortalDatabase {
  /** What `--database` takes. */
  readonly url: string;
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export const OLD_PASSWORD = "the old password";
/** Of that password, as crypt(3) makes it. */
const HASH = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.y0err/YvqLvmkp4N1iLENDLAlRpj45u";
const DAY_MS = 86_400_000;

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

/** Tables as a portal of this kind has them: its answers' fields as columns. */
export const USUAL_SHAPE = `
  create table users (
    id serial primary key, username varchar(50) not null unique, email varchar(255), full_name varchar(255),
    organization varchar(255), hashed_password varchar(255), is_admin boolean not null default false,
    is_active boolean not null default true, created_at timestamp not null default now(), last_login timestamp);
  create table audit_logs (
    id bigserial primary key, user_id integer, timestamp timestamp, cell_number integer, code text,
    execution_time_ms integer, status varchar(20), error_message text)`;

export async function createOldPortal(shape: string = USUAL_SHAPE): Promise<OldPortalDatabase> {
  const { url, pool, drop } = await createTestDatabase({ migrated: false });
  await pool.query(shape);
  return {
    url,
    drop,
    query: async (sql, values = []) => (await pool.query(sql, [...values])).rows,
  };
}

/** Ada, with two executions, one of which failed; Boss, an administrator; Carl, who is deactivated. */
export async function fillUsual(portal: OldPortalDatabase): Promise<void> {
  await portal.query(
    `insert into users (username, email, full_name, organization, hashed_password, is_admin, is_active, created_at) values
      ('ada', 'Ada@Old.example.org', 'Ada Lovelace', 'Analytical', $1, false, true, '2021-12-01 18:30:00.123456'),
      ('boss', 'boss@old.example.org', 'The Boss', null, $2, true, true, '2021-12-02'),
      ('carl', 'carl@old.example.org', 'علی رضایی', '', '$2b$31$' || repeat('a', 53), false, false, '2021-12-03')`,
    [HASH, HASH.replace("$2b$", "$2y$")],
  );
  await portal.query(
    `insert into audit_logs (user_id, timestamp, cell_number, code, execution_time_ms, status, error_message) values
      (1, $1, 7, 'print("سلام")', 12, 'success', null), (1, $1, 8, '1/0', 3, 'error', 'ZeroDivisionError')`,
    [daysAgo(3).replace("T", " ").replace("Z", "")],
  );
}
