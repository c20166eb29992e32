/** One outside system, called with retry, breaker, time-out, bulkhead and metrics of its own. */
export interface OutboundPolicy {
  /** Metrics label and breaker name: `jupyterhub`, `keycloak`. */
  readonly name: string;
  readonly baseUrl: string;
  /** Milliseconds for one attempt, headers and body. */
  readonly timeoutMs: number;
  /** Attempts in all for idempotent calls (connection failures, 429, 5xx; Retry-After honoured). */
  readonly attempts: number;
  readonly concurrency: number;
  readonly queue: number;
  /** Bytes of an answer that are read at most. */
  readonly maxResponseBytes: number;
  readonly breaker?: { readonly failures: number; readonly halfOpenAfterMs: number };
  /** Refuse private, loopback and link-local addresses, checked at connect time and on redirects. */
  readonly publicOnly?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OutboundCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the method's own: POST is not idempotent unless said. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Parsed JSON; `StoaError("upstream_failed")` when it isn't. */
  json(): unknown;
}

export interface OutboundClient {
  /** Any status is an answer; no answer is `StoaError` upstream_failed, upstream_timeout or unavailable (breaker, bulkhead). */
  call(call: OutboundCall): Promise<OutboundAnswer>;
  readonly state: "closed" | "open" | "half-open";
  close(): Promise<void>;
}

export type CreateOutboundClient = (policy: OutboundPolicy) => OutboundClient;
