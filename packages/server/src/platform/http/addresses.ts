import type { Config } from "../../config/schema.ts";

/** Where people and clients reach us. The port is known only once we listen (STOA_PORT=0). */
export interface Addresses {
  /** The portal's origin, as in `http://localhost:8080`. */
  portalOrigin(): string;
  /** A session's own origin, as in `http://s-12.localhost:8080`; null when no session domain is set. */
  sessionOrigin(jobId: number): string | null;
  /** The job a Host header's session origin belongs to; null when the header names no session. */
  sessionOfHost(host: string | undefined): number | null;
  /** Called once, with the port we really listen on. */
  boundTo(port: number): void;
}

export function createAddresses(config: Pick<Config, "host" | "port" | "publicUrl" | "sessionDomain">): Addresses {
  let port = config.port;
  const publicUrl = config.publicUrl === null ? null : new URL(config.publicUrl);
  const domain = config.sessionDomain?.toLowerCase() ?? null;
  const prefix = "s-";
  const suffix = domain === null ? null : `.${domain}`;
  const portalHost = config.host === "127.0.0.1" || config.host === "::1" ? "localhost" : bracketed(config.host);

  return {
    portalOrigin: () => publicUrl?.origin ?? `http://${portalHost}:${port}`,
    sessionOrigin(jobId) {
      if (domain === null) return null;
      const scheme = publicUrl?.protocol ?? "http:";
      const shownPort = publicUrl === null ? `:${port}` : publicUrl.port === "" ? "" : `:${publicUrl.port}`;
      return `${scheme}//${prefix}${jobId}${suffix}${shownPort}`;
    },
    sessionOfHost(host) {
      if (suffix === null || host === undefined || !host.startsWith(prefix)) return null;
      // The port with it: the program is shown the whole, and links by it.
      const name = host.toLowerCase().replace(/:\d{1,5}$/, "");
      if (!name.endsWith(suffix)) return null;
      const digits = name.slice(prefix.length, -suffix.length);
      // At most 15 digits: always a safe integer, and no two spellings of one id.
      return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : null;
    },
    boundTo(bound) {
      port = bound;
    },
  };
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
