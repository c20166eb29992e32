import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from "fastify";
import type { Bindings, ChildLoggerOptions, Logger } from "pino";

const secretParameters = /([?&](?:token|ticket|code|access_token|password)=)[^&#]*/gi;

/** The address without the secrets that some may carry in it. */
export function loggableUrl(url: string): string {
  return url.includes("?") ? url.replace(secretParameters, "$1…") : url;
}

/** One line a request, when it has ended: who, what, how it went. No bodies, no headers. */
export function createRequestLog(log: Logger): (request: FastifyRequest, reply: FastifyReply) => void {
  // Nothing is in it that would have to be hidden, and looking for that costs more than the line.
  const lines = log.child({}, { redact: [] });
  return (request, reply) => {
    if (!lines.isLevelEnabled("info")) return;
    // Probes and assets come by the thousand and tell nothing while they go well.
    const level = reply.statusCode < 400 && isBackground(request) ? "debug" : "info";
    if (!lines.isLevelEnabled(level)) return;
    const line = {
      request: request.id,
      method: request.method,
      url: loggableUrl(request.raw.url ?? ""),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      address: request.ip,
      account: request.principal?.accountId ?? undefined,
      credential: request.principal?.credential.kind,
    };
    lines[level](line, "request");
  };
}

function isBackground(request: FastifyRequest): boolean {
  const url = request.raw.url ?? "";
  return url.startsWith("/portal/assets/") || url.startsWith("/health") || url.startsWith("/metrics");
}

type Line = [object, string?, ...unknown[]];

/**
 * A request's own log (`request.log`), made when it first says something, which most never do: making one costs more
 * than answering from memory.
 */
export class LazyLog implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings) {
    this.#parent = parent;
    this.#bindings = bindings;
  }

  get #log(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings);
    return this.#made;
  }

  get level(): string {
    return this.#parent.level;
  }
  fatal(...line: Line): void {
    this.#log.fatal(...line);
  }
  error(...line: Line): void {
    this.#log.error(...line);
  }
  warn(...line: Line): void {
    this.#log.warn(...line);
  }
  info(...line: Line): void {
    this.#log.info(...line);
  }
  debug(...line: Line): void {
    this.#log.debug(...line);
  }
  trace(...line: Line): void {
    this.#log.trace(...line);
  }
  silent(): void {}
  child(bindings: Bindings, options?: ChildLoggerOptions): FastifyBaseLogger {
    return this.#log.child(bindings, options);
  }
}
