import type { FastifyReply, FastifyRequest } from "fastify";
import { StoaError } from "../../errors/stoa-error.ts";

/** For tests: an answer whose status the route does not declare fails as a defect that says so. */
export function refuseUndeclaredStatus(request: FastifyRequest, reply: FastifyReply): void {
  const { schema, url, config } = request.routeOptions;
  if (request.is404 || config.policy === undefined) return;
  const declared = Object.keys((schema?.response as Record<string, unknown> | undefined) ?? {});
  const status = String(reply.statusCode);
  if (declared.some((known) => known === status || known.toLowerCase() === `${status[0]}xx`)) return;
  throw new StoaError("defect", {
    message: `${request.method} ${url} answers ${status}, which its schema does not declare. Declare it (errors: errorResponse(dialect)).`,
  });
}
