import type { Config } from "../../config/schema.ts";

/** For answers that are data: nothing in them may run, load or be framed. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every answer, made once. Pages replace the Content-Security-Policy by `pagePolicy`. */
export function securityHeaders(config: Pick<Config, "publicUrl">): Readonly<Record<string, string>> {
  const secure = config.publicUrl?.startsWith("https:") === true;
  return {
    "content-security-policy": dataPolicy,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(secure ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}

/**
 * For the portal's and the documentation's pages: our own scripts and styles, and style elements that
 * carry this answer's nonce (Mantine and Scalar make some). No inline script, no eval, no framing.
 * @param frames origins that the page may embed (sessions), `http://*.localhost:8080`
 */
export function pagePolicy(nonce: string, frames: readonly string[] = []): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    `frame-src ${frames.length === 0 ? "'none'" : frames.join(" ")}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
