import { type DestinationStream, type Logger, pino } from "pino";
import type { Config } from "../../config/schema.ts";

/** Names under which a secret may stand in a logged object, at the top or one or two levels in. */
const secretNames = [
  "authorization",
  "cookie",
  "password",
  "current_password",
  "new_password",
  "token",
  "client_token",
  "access_token",
  "refresh_token",
  "secret",
  "apiKey",
  "verificationToken",
  "adminPassword",
  "smtpUrl",
];
const secretHeaders = ["authorization", "cookie", "uws-authorization", "x-api-key", "x-csrf-token", "set-cookie"];

/** The server's log: JSON lines, without secrets. */
export function createLog(config: Pick<Config, "logLevel">, destination?: DestinationStream): Logger {
  const options = {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutClient },
    redact: { paths: redacted(), censor: "[hidden]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** The driver hangs its whole connection onto an error of it: pages of internals, the key to cancel among them. */
function withoutClient(error: Error): Record<string, unknown> {
  const { client: _, ...rest } = pino.stdSerializers.err(error);
  return rest;
}

function redacted(): string[] {
  const byName = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const byHeader = secretHeaders.flatMap((name) => [`headers["${name}"]`, `*.headers["${name}"]`]);
  return [...byName, ...byHeader];
}
