import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Trx } from "../../platform/database/database.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { limitedAttempt } from "../passwords/limited-attempt.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountTables } from "../tables.ts";
import { limitedCode } from "./limited-code.ts";
import { proveInTransaction, provePasswordAgain } from "./prove-again.ts";

/** As it was typed; nothing typed: refused. */
interface TypedProof {
  readonly currentPassword: string | undefined;
  readonly code: string | undefined;
}

/**
 * Another domain's work by who is signed in and proves it once more, by password and second factor, limited as signing
 * in is. The work calls what it is given in its own transaction: the code counts once, and with the work.
 * @throws AccountRefusal proof_needed, sign_in_needed, wrong_current_password, code_needed, wrong_code; StoaError rate_limited
 */
export async function provenAgain(
  context: AccountsContext,
  app: FastifyInstance,
  request: FastifyRequest,
  { currentPassword, code }: TypedProof,
  work: (prove: (trx: Trx) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (!currentPassword) throw new AccountRefusal("proof_needed");
  const principal = request.principal as Principal;
  const account = { id: principal.accountId ?? -1, username: principal.label };
  const proveAndWork = async () => {
    const proven = await provePasswordAgain(context, principal, { currentPassword, code }, actorOf(request));
    await work(async (trx) => {
      await proveInTransaction(context, trx.withTables<AccountTables>(), proven, code);
    });
  };
  await limitedAttempt(app, request, () => limitedCode(app, request, { code, account }, proveAndWork));
}
