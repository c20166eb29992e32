import { type Kysely, sql } from "kysely";
import { migrationState } from "../migrate.ts";
import { type Check, fail, ok, warn } from "./check.ts";

type DatabaseCheck = <T>(db: Kysely<T>) => Promise<Check>;

const OLDEST = 15;
const NEWEST = 18;

const version: DatabaseCheck = async (db) => {
  const { rows } = await sql<{
    number: number;
    text: string;
  }>`select current_setting('server_version_num')::int as number,
    current_setting('server_version') as text`.execute(db);
  const { number = 0, text = "?" } = rows[0] ?? {};
  const major = Math.floor(number / 10_000);
  const fix = `Use PostgreSQL ${OLDEST} to ${NEWEST}, or leave DATABASE_URL unset: Stoa brings its own.`;
  if (major < OLDEST) return fail("PostgreSQL", `version ${text} is too old`, fix);
  if (major > NEWEST) return warn("PostgreSQL", `version ${text} is newer than this release was tried with`, fix);
  return ok("PostgreSQL", text);
};

const encoding: DatabaseCheck = async (db) => {
  const { rows } = await sql<{ encoding: string; collation: string; recorded: string | null; actual: string | null }>`
    select pg_encoding_to_char(encoding) as encoding, datcollate as collation, datcollversion as recorded,
      pg_database_collation_actual_version(oid) as actual
    from pg_database where datname = current_database()`.execute(db);
  const { encoding = "?", collation, recorded, actual } = rows[0] ?? {};
  if (encoding !== "UTF8") {
    return fail("locale", `the database is in ${encoding}`, "Make one in UTF8 (create database … encoding 'UTF8').");
  }
  if (recorded && actual && recorded !== actual) {
    return warn(
      "locale",
      `the order of ${collation} was that of version ${recorded} when the indexes were made, and is ${actual} now`,
      "Run REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION.",
    );
  }
  return ok("locale", `UTF8, ${collation}`);
};

const durability: DatabaseCheck = async (db) => {
  const { rows } = await sql<{ fsync: string; commit: string; pages: string; checksums: string }>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('full_page_writes') as pages, current_setting('data_checksums') as checksums`.execute(db);
  const { fsync, commit, pages, checksums } = rows[0] ?? {};
  const lossy = [
    fsync === "off" && "fsync",
    commit === "off" && "synchronous_commit",
    pages === "off" && "full_page_writes",
  ]
    .filter(Boolean)
    .join(", ");
  if (lossy) {
    return fail("durability", `${lossy} off: what was acknowledged can be lost`, "Turn it on in postgresql.conf.");
  }
  if (checksums === "off") {
    return warn("durability", "data checksums are off: a failing disk is noticed late", "Run pg_checksums --enable.");
  }
  return ok("durability", "fsync and checksums are on");
};

const migrated: DatabaseCheck = async (db) => {
  const { executed, pending, unknown } = await migrationState(db);
  if (unknown.length > 0) {
    return fail("migrations", `the database is newer: it has ${unknown.join(", ")}`, "Start the newer release.");
  }
  if (executed.length === 0) return warn("migrations", "the database is empty", "The first start fills it.");
  if (pending.length === 0) return ok("migrations", `up to date (${executed.at(-1)})`);
  return warn("migrations", `not yet run: ${pending.join(", ")}`, "The next start runs them. Make a backup first.");
};

const clock: DatabaseCheck = async (db) => {
  const before = Date.now();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const middle = (before + Date.now()) / 2;
  const seconds = ((rows[0]?.now.getTime() ?? 0) - middle) / 1000;
  const found = `the database's clock is ${Math.abs(seconds).toFixed(1)} s ${seconds < 0 ? "behind" : "ahead of"} this machine's`;
  const fix = "Let both machines keep time by NTP (chrony, systemd-timesyncd).";
  if (Math.abs(seconds) > 30) return fail("clock", found, fix);
  return Math.abs(seconds) > 2 ? warn("clock", found, fix) : ok("clock", found);
};

const connections: DatabaseCheck = async (db) => {
  const { rows } = await sql<{ used: number; most: number }>`select count(*) as used,
    current_setting('max_connections')::int as most from pg_stat_activity where backend_type = 'client backend'`.execute(
    db,
  );
  const { used = 0, most = 1 } = rows[0] ?? {};
  const found = `${used} of ${most} in use`;
  if (used / most < 0.8) return ok("connections", found);
  return warn("connections", found, "Raise max_connections, or put a pooler in front (and set DATABASE_DIRECT_URL).");
};

const idleTransactions: DatabaseCheck = async (db) => {
  const { rows } = await sql<{ name: string; minutes: number }>`
    select application_name as name, (extract(epoch from now() - xact_start) / 60)::int as minutes
    from pg_stat_activity where datname = current_database() and xact_start < now() - interval '1 hour'
      and backend_type = 'client backend' order by xact_start limit 1`.execute(db);
  const [oldest] = rows;
  if (!oldest) return ok("transactions", "none is open for long");
  const found = `one of ${oldest.name || "an unnamed program"} has been open for ${oldest.minutes} minutes`;
  return warn("transactions", found, "End that program: while it is open, nothing deleted gives its room back.");
};

/** pg-boss's table; a job that could start and doesn't means that nobody works. */
const queue: DatabaseCheck = async (db) => {
  const { rows: present } = await sql`select 1 where to_regclass('pgboss.job') is not null`.execute(db);
  if (present.length === 0) return ok("queue", "not there yet: the first start makes it");
  const { rows } = await sql<{ waiting: number; late: number }>`
    select count(*) as waiting, count(*) filter (where start_after < now() - interval '5 minutes') as late
    from pgboss.job where state in ('created', 'retry') and start_after <= now()`.execute(db);
  const { waiting = 0, late = 0 } = rows[0] ?? {};
  if (late === 0) return ok("queue", `${waiting} waiting`);
  const fix = "Start a server; if one runs, look at its log, and at the operations page for what holds them up.";
  return warn("queue", `${late} of ${waiting} have waited for more than 5 minutes`, fix);
};

/** In the order that a person reads. */
export const databaseChecks: readonly DatabaseCheck[] = [
  version,
  encoding,
  durability,
  migrated,
  connections,
  idleTransactions,
  queue,
  clock,
];
