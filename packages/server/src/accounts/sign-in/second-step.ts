import type { AccountRow } from "../account.ts";
import { type Actor, asAccount } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { admit } from "../passwords/password-check.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import { takeCode } from "../second-factor/codes.ts";
import { recoveryCodeUsedMail } from "../second-factor/mails.ts";
import { countWrongCode, endPending, lockPending } from "../second-factor/pending-sign-ins.ts";
import { recoveryCodesLeft } from "../second-factor/queries.ts";
import type { AccountsTrx } from "../tables.ts";
import type { FailedSignIns } from "../web-sessions/failed-sign-ins.ts";
import type { Make } from "./sign-in.ts";

interface Parts {
  readonly failed: FailedSignIns;
  noteRefusal(error: unknown, actor: Actor): void;
  makeAndRecord<T>(
    trx: AccountsTrx,
    account: AccountRow,
    revoke: Revoke,
    actor: Actor,
    make: Make<T>,
    factor: Readonly<Record<string, string>>,
  ): Promise<T>;
}

/**
 * The second step of a sign-in. Code, credential and audit entry are one transaction, in which the account is
 * locked: of two tries with one code at the same moment, one gets in.
 */
export function createSecondStep(context: AccountsContext, { failed, noteRefusal, makeAndRecord }: Parts) {
  /** What a wrong code changes is kept, so a refusal is an outcome here and thrown after the commit. */
  async function attempt<T>(
    trx: AccountsTrx,
    revoke: Revoke,
    { secret, code, actor }: { secret: string; code: string; actor: Actor },
    makeFor: (account: AccountRow) => Make<T>,
  ) {
    const waiting = await lockPending(trx, secret);
    if (!waiting) return { refused: "sign_in_over", account: null } as const;
    const factor = await takeCode(context, trx, waiting.id, code);
    if (factor === null) {
      const more = await countWrongCode(trx, secret);
      return { refused: more ? "code_refused" : "sign_in_over", account: waiting } as const;
    }
    await endPending(trx, secret);
    const account = await admit(trx, { account: waiting, rehashed: null });
    if (factor === "recovery") await tellOfRecovery(trx, account);
    const made = await makeAndRecord(trx, account, revoke, asAccount(actor, account), makeFor(waiting), {
      second_factor: factor,
    });
    return { refused: null, account, made } as const;
  }

  async function tellOfRecovery(trx: AccountsTrx, account: AccountRow): Promise<void> {
    const { mail } = context.platform;
    if (!mail.delivers) return;
    await mail.send(trx, recoveryCodeUsedMail(account, await recoveryCodesLeft(trx, account.id), context));
  }

  /** @throws AccountRefusal code_refused, sign_in_over */
  return async <T>(secret: string, code: string, actor: Actor, makeFor: (account: AccountRow) => Make<T>) => {
    const outcome = await revoking(context, (trx, revoke) => attempt(trx, revoke, { secret, code, actor }, makeFor));
    if (outcome.refused === null) return outcome;
    if (outcome.account) {
      failed.note({ login: outcome.account.username_key, address: actor.address ?? "", step: "code" });
    }
    const refusal = new AccountRefusal(outcome.refused);
    noteRefusal(refusal, actor);
    throw refusal;
  };
}
