import { sql } from "kysely";
import type { NoticesContext } from "./context.ts";
import { keptKinds } from "./kinds.ts";
import { noticeMail } from "./mails.ts";
import type { NoticeRow, NoticesTrx } from "./tables.ts";

/** What is told in a burst goes in one mail. */
const DEBOUNCE_MS = 500;
/** What a killed process left, and what was not heard of. */
const POLL_MS = 30_000;
const BATCH = 500;
/** Hours after which a mail that says what has just happened would only puzzle. */
const OVER_AFTER = 24;

export interface Delivery {
  /** Mails all that is due now. @returns how many mails were handed to the platform */
  drain(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Mails what people want to have at once. The mail and the mark of it are one transaction: killed anywhere, each
 * notice is mailed once. Any number of processes may do it.
 */
export function createDelivery(context: NoticesContext): Delivery {
  const { events, log } = context.platform;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | null = null;
  let again = false;
  let stopped = true;
  let unsubscribe: () => void = () => undefined;

  const drain = async () => {
    let mails = 0;
    for (let count = BATCH; count === BATCH; ) {
      const sent = await context.db.transaction().execute((trx) => mailSome(context, trx, "due"));
      mails += sent.mails;
      count = sent.notices;
    }
    return mails;
  };
  const schedule = (after: number) => {
    if (stopped || running) return;
    clearTimeout(timer);
    timer = setTimeout(round, after).unref();
  };
  const round = () => {
    again = false;
    running = drain()
      .catch((error: unknown) => log.warn({ err: error }, "notices could not be mailed; trying again"))
      .finally(() => {
        running = null;
        schedule(again ? DEBOUNCE_MS : POLL_MS);
      });
  };
  return {
    drain,
    start() {
      stopped = false;
      unsubscribe = events.subscribe({ types: ["notice.changed"] }, ({ data }) => {
        // A later wish never puts off an earlier one.
        if (data.mail !== true || again) return;
        again = true;
        schedule(DEBOUNCE_MS);
      });
      schedule(DEBOUNCE_MS);
    },
    async stop() {
      stopped = true;
      unsubscribe();
      clearTimeout(timer);
      await running;
    },
  };
}

/** One mail for each person; of those who wait for a digest, only about what they have not read meanwhile. */
export async function mailSome(
  context: NoticesContext,
  trx: NoticesTrx,
  which: "due" | "digest",
): Promise<{ readonly notices: number; readonly mails: number }> {
  const rows = await claim(trx, which, context.platform.mail.delivers);
  const told = rows.filter(({ read_at }) => which === "due" || read_at === null);
  const people = await context.people.byIds([...new Set(told.map((row) => row.account_id))], trx);
  let mails = 0;
  for (const [accountId, own] of Map.groupBy(told, (row) => row.account_id)) {
    const receiver = people.get(accountId);
    const [first, ...others] = own;
    if (first === undefined || receiver?.active !== true) continue;
    await context.platform.mail.send(trx, noticeMail(context, receiver, [first, ...others]));
    mails += 1;
  }
  await mark(trx, rows);
  return { notices: rows.length, mails };
}

async function claim(trx: NoticesTrx, which: "due" | "digest", delivers: boolean): Promise<NoticeRow[]> {
  let query = trx.selectFrom("notices").selectAll().where("mail", "=", which);
  if (which === "due") query = query.where("created_at", ">", sql<Date>`now() - make_interval(hours => ${OVER_AFTER})`);
  // The others wait for a mail server, until they would only puzzle.
  if (!delivers) query = query.where("kind", "in", keptKinds());
  return query.orderBy("account_id").orderBy("id").limit(BATCH).forUpdate().skipLocked().execute();
}

async function mark(trx: NoticesTrx, rows: readonly NoticeRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await trx.updateTable("notices").set({ mail: "sent" }).where("id", "=", sql<number>`any(${ids}::bigint[])`).execute();
}
