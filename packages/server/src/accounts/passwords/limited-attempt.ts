import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Work that asks a signed-in person for the password again, limited as sign-in is: a stolen session must not
 * become a place to guess it.
 * @throws StoaError rate_limited
 */
export async function limitedAttempt<T>(
  app: FastifyInstance,
  request: FastifyRequest,
  work: () => Promise<T>,
): Promise<T> {
  const account = request.principal?.label ?? null;
  const attempt = await app.rateLimits.attempt("sign-in", { address: request.ip, account });
  const result = await work();
  await attempt.succeeded();
  return result;
}
