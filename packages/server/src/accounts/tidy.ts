import { sql } from "kysely";
import type { OperationKind } from "../platform/operations/contract.ts";
import type { AccountsContext } from "./context.ts";
import { RUN_OUT_DAYS } from "./web-sessions/web-sessions.ts";

const KIND = "accounts.tidy";
/** Days that failed sign-ins are shown. */
const FAILED_DAYS = 90;
/** Days after which a network that nobody has signed in from is a new one again. */
const PLACE_DAYS = 400;
/** Of one person: a flood from many addresses must not fill the table. */
const FAILED_EACH = 500;

/** Forgets what is over. @returns how many of each there were */
export async function tidy(db: AccountsContext["db"]) {
  const pending = await sql`delete from pending_sign_ins where expires_at <= now()`.execute(db);
  // Strangers have some made by asking for new passwords.
  const links = await sql`delete from account_links where expires_at <= now()`.execute(db);
  const exported = await sql`delete from account_exports where expires_at <= now()`.execute(db);
  const webSessions = await sql`
    delete from web_sessions
    where least(idle_expires_at, absolute_expires_at) < now() - make_interval(days => ${RUN_OUT_DAYS})`.execute(db);
  await sql`delete from sign_in_places where seen_at < now() - make_interval(days => ${PLACE_DAYS})`.execute(db);
  const failed = await sql`
    delete from failed_sign_ins where at < now() - make_interval(days => ${FAILED_DAYS}) or id in (
      select id from (
        select id, row_number() over (partition by account_id order by at desc, id desc) as n from failed_sign_ins
      ) as newest where n > ${FAILED_EACH})`.execute(db);
  return {
    pending: Number(pending.numAffectedRows ?? 0),
    links: Number(links.numAffectedRows ?? 0),
    webSessions: Number(webSessions.numAffectedRows ?? 0),
    exports: Number(exported.numAffectedRows ?? 0),
    failed: Number(failed.numAffectedRows ?? 0),
  };
}

/** Hourly, once in the cluster. */
export function tidyKind({ db }: AccountsContext): OperationKind {
  return {
    kind: KIND,
    attempts: 2,
    heartbeatSeconds: 60,
    expireSeconds: 900,
    concurrency: 1,
    run: () => tidy(db),
  };
}

export function scheduleTidy({ platform: { operations } }: AccountsContext): void {
  operations.schedule(KIND, "23 * * * *", {
    kind: KIND,
    subject: { kind: "accounts", id: "all" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
}
