import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import type { OperationKind, OperationTrx } from "../../platform/operations/contract.ts";
import type { AccountRow } from "../account.ts";
import { SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { record } from "../record.ts";
import type { AccountsTrx, AccountTables } from "../tables.ts";

const KIND = "token.expiry_notices";
/** Days before a token stops working at which its owner is told, once each. */
const NOTICE_DAYS = [7, 1] as const;
/** Tokens in one transaction. */
const BATCH = 200;

interface Due {
  readonly key_id: string;
  readonly account_id: number;
  readonly label: string;
  readonly expiry_at: Date;
}

/** Hourly, once in the cluster: tells people which of their tokens are about to expire. */
export function expiryNoticesKind(context: AccountsContext): OperationKind {
  return {
    kind: KIND,
    attempts: 3,
    heartbeatSeconds: 60,
    expireSeconds: 900,
    concurrency: 1,
    async run(run) {
      let told = 0;
      for (const days of NOTICE_DAYS.toReversed()) {
        for (;;) {
          const count = await run.step(null, (trx) => tellSome(context, widen(trx), days));
          told += count;
          if (count < BATCH || run.signal.aborted) break;
        }
      }
      return { told };
    },
  };
}

export function scheduleExpiryNotices({ platform: { operations } }: AccountsContext): void {
  operations.schedule(KIND, "41 * * * *", {
    kind: KIND,
    subject: { kind: "tokens", id: "all" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
}

/** Marked and told in one transaction: killed before its end nobody was told, after it everybody was. */
async function tellSome(context: AccountsContext, trx: AccountsTrx, days: number): Promise<number> {
  const due = await markDue(trx, days);
  const owners = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "in", [...new Set([-1, ...due.map((token) => token.account_id)])])
    .execute();
  for (const owner of owners) {
    const tokens = due.filter((token) => token.account_id === owner.id);
    for (const token of tokens) await tellOf(context, trx, owner, token, days);
  }
  return due.length;
}

/**
 * Those whose time has come and who were not told: live, of an active account, and with more time than that when
 * their expiry was chosen (who makes a token for three days needs no notice of seven).
 */
async function markDue(trx: AccountsTrx, days: number): Promise<readonly Due[]> {
  const { rows } = await sql<Due>`
    update personal_tokens set noticed_days = ${days}
    where key_id in (
      select t.key_id from personal_tokens t join accounts a on a.id = t.account_id
      where t.revoked_at is null and t.expiry_at > now() and t.expiry_at <= now() + make_interval(days => ${days})
        and (t.noticed_days is null or t.noticed_days > ${days})
        and t.expiry_set_at < t.expiry_at - make_interval(days => ${days})
        and a.status = 'active' and a.deletion_due_at is null
      order by t.key_id limit ${BATCH} for update of t skip locked)
    returning key_id, account_id, label, expiry_at`.execute(trx);
  return rows;
}

async function tellOf(
  context: AccountsContext,
  trx: AccountsTrx,
  account: AccountRow,
  token: Due,
  days: number,
): Promise<void> {
  const subject = { kind: "token", id: token.key_id, label: token.label };
  const details = { days, expiry_at: token.expiry_at.toISOString() };
  const action = "token.expiry-notice";
  await record(context, trx, { action, actor: SYSTEM, account, subject, event: "account.token", details });
  if (account.kind !== "person") return;
  await tell(trx, {
    kind: "token.expiring",
    to: account.id,
    // Renewed, it expires at another time.
    key: `${token.key_id} ${days} ${details.expiry_at}`,
    subject: { kind: "token", id: token.key_id },
    values: { name: token.label, at: details.expiry_at },
  });
}

function widen(trx: OperationTrx): AccountsTrx {
  return trx.withTables<AccountTables>() as AccountsTrx;
}
