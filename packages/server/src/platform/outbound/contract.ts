import type { LookupFunction } from "node:net";

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
  /** Null: none. One address's failures then say nothing of the others' (`OutboundCall.url`). */
  readonly breaker?: { readonly failures: number; readonly halfOpenAfterMs: number } | null;
  /** Refuse private, loopback and link-local addresses, checked at connect time and on redirects. */
  readonly publicOnly?: boolean;
  /** What `publicOnly` lets through all the same: `host:port` in lower case, as `10.1.2.3:8080`, `[fd00::1]:443`. */
  readonly privateHosts?: readonly string[];
  /** How `publicOnly` finds a name's addresses, but for `privateHosts`; left out: as the system does. */
  readonly lookup?: LookupFunction;
  /** A larger answer is cut off at `maxResponseBytes`, and is an answer; otherwise it is an error. */
  readonly cutsAnswers?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OutboundCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** A whole address in the place of base, path and query: for what is called at addresses that people name. */
  readonly url?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the method's own: POST is not idempotent unless said. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
  /** A 5xx that says nothing of the system's health (it could not do this one thing): not counted by the breaker. */
  readonly isWell?: (answer: OutboundAnswer) => boolean;
  /**
   * Called before each attempt after the first.
   * @param mayBeDone whether the one before may have had its effect: no answer, or a 5xx
   */
  readonly onRetry?: (mayBeDone: boolean) => void;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Parsed JSON; `StoaError("upstream_failed")` when it isn't. */
  json(): unknown;
}

export interface OutboundStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends with an error where the other side breaks off. Leaving it early closes the connection. */
  readonly body: AsyncIterable<Buffer>;
}

export interface OutboundClient {
  /** Any status is an answer; no answer is `StoaError` upstream_failed, upstream_timeout or unavailable (breaker, bulkhead). */
  call(call: OutboundCall): Promise<OutboundAnswer>;
  /**
   * An answer whose body is read as it comes, by nobody but the caller: not limited in size, ended by the call's signal
   * or where nothing comes for `timeoutMs`. Never tried again. Such calls have connections of their own, so that long
   * ones keep nobody waiting.
   */
  stream(call: OutboundCall): Promise<OutboundStream>;
  readonly state: "closed" | "open" | "half-open";
  close(): Promise<void>;
}

export type CreateOutboundClient = (policy: OutboundPolicy) => OutboundClient;
