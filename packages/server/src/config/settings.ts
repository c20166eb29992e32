import { join } from "node:path";
import { clients, jobTypesFile, people, uwsConfig } from "./directory-settings.ts";
import { activity, hub, webhooks } from "./hub-settings.ts";
import { limits } from "./limits.ts";
import { addressBlock, domain, host, integer, listOf, oneOf, origin, path, seconds, text, url } from "./parsers.ts";
import { processes } from "./process-settings.ts";
import { sessions } from "./session-settings.ts";
import { derived, optional, type Surroundings, setting } from "./setting.ts";
import { storage } from "./storage-settings.ts";

/**
 * Everything that can be set, and the only place where it is declared: the type `Config`, the YAML names
 * (`database.poolSize` is `database: { pool_size: … }`), the docs page and every message follow from it.
 */
export const settings = {
  host: setting({
    env: "STOA_HOST",
    parser: host,
    fallback: "127.0.0.1",
    about: "The address it listens at. Anything but loopback lets other machines in.",
  }),
  port: setting({
    env: "STOA_PORT",
    parser: integer(0, 65_535, "a port"),
    fallback: 8080,
    about: "The port it listens at; 0 takes any free one.",
  }),
  dataDir: derived({
    env: "STOA_DATA_DIR",
    parser: path,
    fallback: defaultDataDir,
    fallbackText: "`/var/lib/stoa` as root, else `$XDG_DATA_HOME/stoa` or `~/.local/share/stoa`",
    about: "Where database, keys, workspaces and trash live. One server at a time per directory.",
  }),
  publicUrl: optional({
    env: "STOA_PUBLIC_URL",
    parser: origin,
    about: "The address people type, when it differs from host and port (a proxy in front, a name, TLS).",
  }),
  sessionDomain: derived<string | null>({
    env: "STOA_SESSION_DOMAIN",
    parser: domain,
    fallback: (s) => (s.isPrivate ? "localhost" : null),
    fallbackText: "`localhost` on loopback, else not set",
    about:
      "Sessions open at `s-<id>.<this>`, an origin apart from the portal's. Point a wildcard name here. Not set: sessions open inside the portal only.",
  }),
  secretKey: {
    value: optional({
      env: "STOA_SECRET_KEY",
      parser: text,
      secret: true,
      about: "The key for what is encrypted or signed, 32 characters at least. Prefer the file.",
    }),
    file: optional({
      env: "STOA_SECRET_KEY_FILE",
      parser: path,
      about: "A file with that key. With neither set, one is made in the data directory at the first start.",
    }),
  },
  nodeId: derived({
    env: "STOA_NODE_ID",
    parser: text,
    fallback: (s) => s.hostname,
    fallbackText: "the machine's host name",
    about: "Names this host among several on one database: local sessions belong to it.",
  }),
  database: {
    url: optional({
      env: "DATABASE_URL",
      parser: url("postgres", "postgresql"),
      secret: true,
      about: "A PostgreSQL (15 to 18) of your own. Not set: one is kept in the data directory.",
    }),
    directUrl: optional({
      env: "DATABASE_DIRECT_URL",
      parser: url("postgres", "postgresql"),
      secret: true,
      about: "The same database past a connection pooler, for LISTEN/NOTIFY and migrations.",
    }),
    poolSize: setting({
      env: "STOA_DATABASE_POOL_SIZE",
      parser: integer(2, 500),
      fallback: 10,
      about: "Database connections of one server process at most.",
    }),
  },
  adminPassword: optional({
    env: "STOA_ADMIN_PASSWORD",
    parser: text,
    secret: true,
    about:
      "The first admin `admin` gets this password at the first start, instead of a printed one. 8 characters at least.",
  }),
  registration: {
    mode: derived<"open" | "closed" | "domains" | "local">({
      env: "STOA_REGISTRATION",
      live: true,
      dangerous: true,
      parser: oneOf("open", "closed", "domains", "local"),
      fallback: (s) => (s.isPrivate && !s.hasPublicUrl ? "local" : "closed"),
      fallbackText: "`local` on loopback without STOA_PUBLIC_URL, else `closed`",
      about:
        "Who may make an account: everybody, nobody, people with an e-mail address of STOA_REGISTRATION_DOMAINS, or (`local`) whoever comes from this machine itself, not through a proxy.",
    }),
    domains: setting({
      env: "STOA_REGISTRATION_DOMAINS",
      live: true,
      dangerous: true,
      parser: listOf(domain),
      fallback: [],
      about: "The e-mail domains for `domains`.",
    }),
  },
  accounts: {
    secondFactor: setting({
      env: "STOA_REQUIRE_SECOND_FACTOR",
      live: true,
      dangerous: true,
      parser: oneOf("none", "admins", "everyone"),
      fallback: "none",
      about:
        "Who must have a second factor. Whoever lacks it can sign in to set one up, and do nothing else; their tokens wait too. Service accounts need none.",
    }),
    unverified: setting({
      env: "STOA_UNVERIFIED_PEOPLE",
      live: true,
      dangerous: true,
      parser: oneOf("full", "look"),
      fallback: "full",
      about:
        "What people may do whose e-mail address is not verified: all, or only look (and mind their own account). Administrators may always do all.",
    }),
    deletionGraceDays: setting({
      env: "STOA_DELETION_GRACE_DAYS",
      live: true,
      dangerous: true,
      parser: integer(0, 365),
      fallback: 14,
      about: "Days between asking for an account's deletion and carrying it out, in which it can be cancelled.",
    }),
  },
  people,
  clients,
  localIsolation: setting({
    env: "STOA_LOCAL_ISOLATION",
    parser: oneOf("auto", "account", "sandbox", "none"),
    fallback: "auto",
    about:
      "How sessions on this host are kept apart (docs/isolation.md). `auto`: by a system account for each person where STOA_BROKER is on, and each in an enclosure of its own where bubblewrap works; with neither, local sessions are for admins only. `account`: by system accounts alone, or don't start. `sandbox`: in enclosures (and by accounts, where they are on), or don't start. `none`: everybody may start sessions, kept apart or not; without STOA_BROKER all run as the server's own user. Choose it only where everyone trusts everyone.",
  }),
  processes,
  defaultLocale: setting({
    env: "STOA_DEFAULT_LOCALE",
    parser: oneOf("en", "fa"),
    fallback: "en",
    about: "The language where neither request nor account names one.",
  }),
  corsOrigins: setting({
    env: "STOA_CORS_ORIGINS",
    parser: listOf(origin),
    fallback: [],
    about: "Other web pages' origins that may call the APIs (with header tokens, never with cookies).",
  }),
  trustedProxies: setting({
    env: "STOA_TRUSTED_PROXIES",
    parser: listOf(addressBlock),
    fallback: [],
    about: "Proxies whose X-Forwarded-* headers are believed.",
  }),
  allowedHosts: setting({
    env: "STOA_ALLOWED_HOSTS",
    parser: listOf(host),
    fallback: [],
    about: "Host names it answers for besides those of STOA_PUBLIC_URL, STOA_SESSION_DOMAIN and loopback.",
  }),
  logLevel: setting({
    env: "STOA_LOG_LEVEL",
    parser: oneOf("trace", "debug", "info", "warn", "error", "silent"),
    fallback: "info",
    about: "How much goes to the log.",
  }),
  mail: {
    smtpUrl: optional({
      env: "STOA_SMTP_URL",
      parser: url("smtp", "smtps"),
      secret: true,
      about: "The mail server, as smtp://user:password@host:587. Not set: mails are kept, and shown to admins.",
    }),
    from: setting({
      env: "STOA_MAIL_FROM",
      live: true,
      parser: text,
      fallback: "Stoa <stoa@localhost>",
      about: "The sender of mails.",
    }),
  },
  limits,
  sessions,
  storage,
  hub,
  activity,
  webhooks,
  symlinkRoots: setting({
    env: "STOA_SYMLINK_ROOTS",
    parser: listOf(path),
    fallback: [],
    about:
      "Folders that links in workspaces may lead into, for reading: shared datasets. Absolute. What lies below is readable for everybody here whom the system lets read it. None: links are never followed.",
  }),
  trash: {
    retentionDays: setting({
      env: "STOA_TRASH_RETENTION_DAYS",
      live: true,
      dangerous: true,
      parser: integer(0, 36_500),
      fallback: 30,
      about:
        "Days that what was deleted can be brought back; 0: deleted at once and for good. Counts for what is in the trash already: fewer days end everybody's older things at the next tidying, within the hour, and nothing brings them back.",
    }),
  },
  operations: {
    keptDays: setting({
      env: "STOA_OPERATIONS_DAYS",
      parser: integer(0, 36_500),
      fallback: 90,
      about:
        "Days that operations which have ended are kept, with their history; 0: for ever. What they did stays in the audit log.",
    }),
  },
  notices: {
    keptDays: setting({
      env: "STOA_NOTICES_DAYS",
      parser: integer(1, 36_500),
      fallback: 180,
      about: "Days that notices to people are kept, read or not.",
    }),
    keptPerPerson: setting({
      env: "STOA_NOTICES_PER_PERSON",
      parser: integer(10, 100_000),
      fallback: 1_000,
      about: "Notices that are kept of one person; the oldest go first, each night.",
    }),
  },
  drainSeconds: setting({
    env: "STOA_DRAIN",
    parser: seconds(0, 3600),
    fallback: 15,
    about: "How long requests under way may still take when it is told to stop.",
  }),
  build: setting({
    env: "STOA_BUILD",
    parser: text,
    fallback: "source",
    about: "What `GET /status/` gives as the build: the commit or the number that an image was made of.",
  }),
  otlpEndpoint: optional({
    env: "OTEL_EXPORTER_OTLP_ENDPOINT",
    parser: url("http", "https"),
    about: "Where traces go (OTLP over HTTP). Not set: no tracing.",
  }),
  apiKey: optional({
    env: "API_KEY",
    parser: text,
    secret: true,
    about: "The storage API's key (`X-API-Key`), 16 characters at least. Not set: that API serves admins' tokens only.",
  }),
  verificationToken: optional({
    env: "VERIFICATION_TOKEN",
    parser: text,
    secret: true,
    about: "The playground API's token. Not set: that API serves admins only.",
  }),
  uwsConfig,
  jobTypesFile,
  uwsTokenTtl: setting({
    env: "STOA_UWS_TOKEN_TTL",
    parser: seconds(60, 3650 * 86_400),
    fallback: 30 * 86_400,
    about: "How long a token of the workspaces API is good.",
  }),
} as const;

/** Never inside the checkout: a person's files outlive a clone. */
function defaultDataDir(s: Surroundings): string {
  if (s.isRoot) return "/var/lib/stoa";
  const data = s.env.XDG_DATA_HOME;
  // The XDG specification: a relative path there is invalid and to be ignored.
  return join(data?.startsWith("/") ? data : join(s.home, ".local/share"), "stoa");
}
