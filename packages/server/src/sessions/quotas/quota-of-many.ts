import { type AccountPart, changedSince } from "../../accounts/accounts.ts";
import type { Trx } from "../../platform/database/database.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { SessionsContext } from "../context.ts";
import type { SessionsTrx, SessionTables } from "../tables.ts";
import { type Quota, removeQuotaIn, setQuotaIn } from "./change-quota.ts";
import { findQuota } from "./queries.ts";

type Verb = NonNullable<AccountPart["verbs"]>[string];
type One = Parameters<Verb["apply"]>[0];

/** Core hours for many people at once; undone, each has the quota of before, or none. */
export function quotaOfMany(context: SessionsContext): Verb {
  async function ground({ trx, accountId, actor }: One) {
    const account = (await context.people.byIds([accountId], trx as unknown as Trx)).get(accountId);
    if (account === undefined || account.deleted) throw new StoaError("not_found", { details: { what: "person" } });
    const { requestId, address, ...who } = actor;
    return {
      trx: trx.withTables<SessionTables>() as unknown as SessionsTrx,
      setter: { accountId: actor.accountId ?? -1, actor: who, requestId, address },
      of: { holder: { accountId }, label: account.username },
    };
  }

  return {
    async apply(one) {
      const { trx, setter, of } = await ground(one);
      const wanted = one.params as unknown as Quota;
      const had = await findQuota(trx, of.holder);
      if (had?.period === wanted.period && Number(had.allowed) === Number(wanted.allowed)) return null;
      await setQuotaIn(context, trx, setter, of, { allowed: wanted.allowed, period: wanted.period });
      return { quota: had === null ? null : { allowed: had.allowed, period: had.period } };
    },
    async undo(one, before) {
      const { trx, setter, of } = await ground(one);
      const wrote = one.params as unknown as Quota;
      const has = await findQuota(trx, of.holder);
      if (has?.period !== wrote.period || Number(has.allowed) !== Number(wrote.allowed)) throw changedSince();
      const quota = before.quota as unknown as Quota | null;
      if (quota === null) await removeQuotaIn(context, trx, setter, of);
      else await setQuotaIn(context, trx, setter, of, quota);
    },
  };
}
