import type { FastifyReply, FastifyRequest } from "fastify";

const secretParameters = /([?&](?:token|ticket|code|access_token|password)=)[^&#]*/gi;

/** The address without the secrets that some may carry in it. */
export function loggableUrl(url: string): string {
  return url.includes("?") ? url.replace(secretParameters, "$1…") : url;
}

/** One line a request, when it has ended: who, what, how it went. No bodies, no headers. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const line = {
    method: request.method,
    url: loggableUrl(request.raw.url ?? ""),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    address: request.ip,
    account: request.principal?.accountId ?? undefined,
    credential: request.principal?.credential.kind,
  };
  // Probes and assets come by the thousand and tell nothing while they go well.
  if (reply.statusCode < 400 && isBackground(request)) request.log.debug(line, "request");
  else request.log.info(line, "request");
}

function isBackground(request: FastifyRequest): boolean {
  const url = request.raw.url ?? "";
  return url.startsWith("/portal/assets/") || url.startsWith("/health") || url.startsWith("/metrics");
}
