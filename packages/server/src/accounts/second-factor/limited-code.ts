import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AccountRow } from "../account.ts";
import { isShortCode } from "./codes.ts";

interface Tried {
  readonly code: string | undefined;
  readonly account: Pick<AccountRow, "id" | "username"> | null;
}

/**
 * Work that takes a code, limited by address and account, and for the app's six digits by the account alone: from a
 * thousand addresses at once they could be guessed. Whoever uses that limit up knows the password already, and
 * the owner still gets in by a recovery code, which is too long to guess.
 * @throws StoaError rate_limited
 */
export async function limitedCode<T>(
  app: FastifyInstance,
  request: FastifyRequest,
  { code, account }: Tried,
  work: () => Promise<T>,
): Promise<T> {
  const limits = app.rateLimits;
  const name = account?.username ?? null;
  const attempts = [await limits.attempt("second-factor", { address: request.ip, account: name })];
  if (account && code !== undefined && isShortCode(code)) {
    const whole = { address: `account ${account.id}`, account: null };
    attempts.push(await limits.attempt("second-factor-account", whole));
  }
  const result = await work();
  for (const attempt of attempts) await attempt.succeeded();
  return result;
}
