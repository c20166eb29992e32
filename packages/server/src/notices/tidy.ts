import { sql } from "kysely";
import type { OperationKind } from "../platform/operations/contract.ts";
import type { NoticesContext } from "./context.ts";
import { mailSome } from "./delivery.ts";
import { type NoticesDb, widen } from "./tables.ts";

const DIGEST = "notices.digest";
const THIN = "notices.thin";

const common = { attempts: 3, heartbeatSeconds: 60, expireSeconds: 900, concurrency: 1, exclusive: true } as const;

/** Once a day: one mail with all that somebody wants daily and has not read. */
export function digestKind(context: NoticesContext): OperationKind {
  return {
    ...common,
    kind: DIGEST,
    async run(run) {
      let mails = 0;
      while (context.platform.mail.delivers && !run.signal.aborted) {
        const sent = await run.step(null, (trx) => mailSome(context, widen(trx), "digest"));
        mails += sent.mails;
        if (sent.notices === 0) break;
      }
      return { mails };
    },
  };
}

/** Nightly: what is too old, or too much for one person, goes; of mails that nobody sent in time nothing comes any more. */
export function thinKind({ db, platform }: NoticesContext): OperationKind {
  return { ...common, kind: THIN, run: async () => ({ removed: await thin(db, platform.config.notices) }) };
}

/** @param bounds days that notices are kept, and how many of one person */
export async function thin(
  db: NoticesDb,
  { keptDays, keptPerPerson }: { readonly keptDays: number; readonly keptPerPerson: number },
): Promise<number> {
  // Each locks its rows by their numbers first, as whoever reads theirs meanwhile: two orders would deadlock.
  const unsent = sql`(mail = 'due' and created_at < now() - interval '1 day'
    or mail = 'digest' and created_at < now() - interval '3 days')`;
  await sql`update notices set mail = 'none' where ${unsent}
    and id in (select id from notices where ${unsent} order by id for no key update)`.execute(db);
  const old = sql`(created_at < now() - make_interval(days => ${keptDays})
    or not shown and mail in ('none', 'sent') and created_at < now() - interval '1 day')`;
  const aged = await sql`delete from notices where ${old}
    and id in (select id from notices where ${old} order by id for update)`.execute(db);
  const many = await sql`
    delete from notices where id in (
      select id from notices where id in (
        select id from (
          select id, row_number() over (partition by account_id order by id desc) as n from notices
        ) as newest where n > ${keptPerPerson}) order by id for update)`.execute(db);
  return Number(aged.numAffectedRows ?? 0) + Number(many.numAffectedRows ?? 0);
}

/** In UTC: before the day begins where most of our people are. */
export function scheduleTidy({ platform: { operations } }: NoticesContext): void {
  const all = { subject: { kind: "notices", id: "all" }, actor: { accountId: null, label: "schedule" }, input: {} };
  operations.schedule(DIGEST, "11 4 * * *", { kind: DIGEST, ...all });
  operations.schedule(THIN, "51 2 * * *", { kind: THIN, ...all });
}
