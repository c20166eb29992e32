/** Everything that can be set, read once at start (`load.ts`). Sizes in bytes, times in seconds unless the name says otherwise. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Origin without a trailing slash, as people type it; null: derived from host and port when listening. */
  readonly publicUrl: string | null;
  /** Sessions live at `s-<id>.<sessionDomain>`; `localhost` by default on loopback; null: a second port. */
  readonly sessionDomain: string | null;
  readonly secretKey: { readonly value: string | null; readonly file: string | null };
  readonly nodeId: string;
  readonly database: { readonly url: string | null; readonly directUrl: string | null; readonly poolSize: number };
  readonly adminPassword: string | null;
  readonly registration: { readonly mode: "open" | "closed" | "domains"; readonly domains: readonly string[] };
  /** `auto`: what the host can (part 3); until then local sessions are for admins only unless `none`. */
  readonly localIsolation: "auto" | "none";
  readonly defaultLocale: "en" | "fa";
  readonly corsOrigins: readonly string[];
  /** Addresses or CIDRs whose X-Forwarded-* are believed. */
  readonly trustedProxies: readonly string[];
  /** Host names answered besides those of publicUrl, loopback and sessionDomain. */
  readonly allowedHosts: readonly string[];
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  readonly mail: { readonly smtpUrl: string | null; readonly from: string };
  readonly limits: {
    readonly bodyBytes: number;
    readonly uploadBytes: number;
    readonly sessionLogBytes: number;
    readonly scrollbackBytes: number;
    /** General requests per minute and principal (or address); 0: none. */
    readonly requestsPerMinute: number;
    readonly sessionsPerPerson: number;
  };
  readonly trash: { readonly retentionDays: number };
  readonly drainSeconds: number;
  /** OTLP/HTTP endpoint; null: no tracing. */
  readonly otlpEndpoint: string | null;
  // The contracts' own names.
  /** Contract 1: API_KEY (16 characters at least). */
  readonly apiKey: string | null;
  /** Contract 4: VERIFICATION_TOKEN. */
  readonly verificationToken: string | null;
  /** Contract 3: STOA_UWS_TOKEN_TTL, seconds (30 days). */
  readonly uwsTokenTtl: number;
}
