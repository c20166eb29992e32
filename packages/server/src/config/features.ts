import { join } from "node:path";
import { isPublic } from "./refuse.ts";
import type { Config } from "./schema.ts";
import { sharedInTheClear } from "./shared-site.ts";

/** What the process found out about itself at start. */
export interface StartFacts {
  /** Root's, or behind root's broker. */
  readonly isRoot: boolean;
  /** Whether what people do is done under system accounts of their own, and why or why not; null: nobody has looked. */
  readonly people: { readonly on: boolean; readonly why: string } | null;
  /** By what sessions here are kept apart, and whether anybody may start some; null: nobody has looked. */
  readonly sessions: {
    readonly keptApart: boolean;
    readonly isolation: string;
    readonly noPorts: string | null;
    readonly told: { readonly isolation: string; readonly network: string };
  } | null;
  /** By what they are held to their share; null: nobody has looked. */
  readonly limits: { readonly groups: "v2" | "v1" | null; readonly cpu: boolean; readonly why: string | null } | null;
}

/** One thing that is on or off, and why. */
export interface Feature {
  readonly name: string;
  readonly on: boolean;
  /** What is on, or why it is off and what would turn it on. No secrets. */
  readonly why: string;
}

/** The start's report: `on   mail   by smtp.example.org`, one line a feature, names aligned. */
export function describeFeatures(config: Config, facts: Partial<StartFacts> = {}): string[] {
  const features = listFeatures(config, facts);
  const width = Math.max(...features.map((feature) => feature.name.length));
  return features.map(({ name, on, why }) => `${on ? "on " : "off"}  ${name.padEnd(width)}  ${why}`);
}

/** The same as data, for `stoa doctor` and `stoa config print`. */
export function listFeatures(config: Config, facts: Partial<StartFacts> = {}): Feature[] {
  return featuresOf(config, { ...factsOfThisProcess(), ...facts });
}

function featuresOf(config: Config, facts: StartFacts): Feature[] {
  return [
    database(config, facts),
    registration(config),
    ...systemAccounts(facts),
    localSessions(config, facts),
    ...sessionNetwork(facts),
    ...sessionLimits(facts),
    sessionOrigin(config),
    tls(config),
    storage(config),
    ...replacedService(config),
    jupyterHub(config),
    mail(config),
    key("storage key", config.apiKey, "API_KEY", "the storage API takes X-API-Key", "it serves admins' tokens only"),
    key(
      "playground token",
      config.verificationToken,
      "VERIFICATION_TOKEN",
      "the playground API takes it",
      "it serves admins only",
    ),
    {
      name: "other origins",
      on: config.corsOrigins.length > 0,
      why: config.corsOrigins.length > 0 ? config.corsOrigins.join(", ") : "STOA_CORS_ORIGINS is not set",
    },
    {
      name: "tracing",
      on: config.otlpEndpoint !== null,
      why: config.otlpEndpoint === null ? "OTEL_EXPORTER_OTLP_ENDPOINT is not set" : hostOf(config.otlpEndpoint),
    },
  ];
}

function factsOfThisProcess(): StartFacts {
  return { isRoot: process.getuid?.() === 0, people: null, sessions: null, limits: null };
}

function database(config: Config, facts: StartFacts): Feature {
  const owner = facts.isRoot || facts.people?.on === true ? ", run by a system user of its own" : "";
  const why =
    config.database.url === null ? `kept in ${config.dataDir}${owner}` : `yours at ${hostOf(config.database.url)}`;
  return { name: "database", on: true, why };
}

function registration(config: Config): Feature {
  const { mode, domains } = config.registration;
  if (mode === "domains") return { name: "registration", on: true, why: `for addresses at ${domains.join(", ")}` };
  const open = isPublic(config) ? "open to everybody" : "open: only this machine reaches it";
  const why = {
    open,
    local: "open on this machine itself, closed through a proxy",
    closed: "closed; STOA_REGISTRATION=domains or open changes it",
  }[mode];
  return { name: "registration", on: mode !== "closed", why };
}

function systemAccounts({ people }: StartFacts): Feature[] {
  if (people === null) return [];
  const why = people.on ? people.why : `files are touched by the server itself: ${people.why}`;
  return [{ name: "system accounts", on: people.on, why }];
}

function localSessions(config: Config, { people, sessions }: StartFacts): Feature {
  if (sessions?.keptApart) {
    return { name: "local sessions", on: true, why: `for everybody, kept apart ${sessions.told.isolation}` };
  }
  const none = config.localIsolation === "none";
  const why =
    people?.on === true
      ? "for everybody, each person's under their own system account"
      : none
        ? "for everybody, not kept apart from each other (STOA_LOCAL_ISOLATION=none): only among people who trust each other"
        : `for admins only: ${sessions?.told.isolation ?? "until this host can keep people apart"}`;
  return { name: "local sessions", on: true, why };
}

function sessionNetwork({ sessions }: StartFacts): Feature[] {
  if (sessions === null) return [];
  return [{ name: "session ports", on: sessions.noPorts === null, why: sessions.told.network }];
}

/** On also where they are only watched: then nothing but their hosts holds them. */
function sessionLimits({ limits }: StartFacts): Feature[] {
  return limits === null ? [] : [{ name: "session limits", on: true, why: tellLimits(limits) }];
}

/** By what memory, processes and processors are limited, for the start's report and the doctor. */
export function tellLimits({ groups, cpu, why }: NonNullable<StartFacts["limits"]>): string {
  if (groups === null) {
    return `memory and processes watched by each session's host every second, processors by pinning to cores; no control groups: ${why}`;
  }
  const by = `by the kernel (control groups ${groups})`;
  return cpu
    ? `memory, processes and processors ${by}`
    : `memory and processes ${by}; processors by nothing: the controller cpu is not to be had here`;
}

function sessionOrigin(config: Config): Feature {
  const { sessionDomain } = config;
  const why =
    sessionDomain === null
      ? "sessions open inside the portal only; STOA_SESSION_DOMAIN (a wildcard name) gives each an address"
      : `s-<id>.${sessionDomain}${sharing(config)}`;
  return { name: "session addresses", on: sessionDomain !== null, why };
}

function sharing(config: Config): string {
  const shared = sharedInTheClear(config);
  if (shared === null) return "";
  return `; without TLS a session's page could sign people in as somebody else, by cookies for ${shared} (docs/session-safety.md)`;
}

function tls(config: Config): Feature {
  if (config.publicUrl?.startsWith("https://"))
    return { name: "TLS", on: true, why: `in front, at ${config.publicUrl}` };
  const why = isPublic(config)
    ? "passwords travel readable; put TLS in front and set STOA_PUBLIC_URL=https://…"
    : "not needed on loopback";
  return { name: "TLS", on: false, why };
}

/** What holds quotas there is found out later, and is on the storage page. */
function storage({ dataDir, storage: { backend, basePath, ssh } }: Config): Feature {
  const what = backend === "zfs" ? "datasets" : "directories";
  const host = ssh.target === null ? "" : ` on ${ssh.target.slice(ssh.target.indexOf("@") + 1)}`;
  return { name: "storage", on: true, why: `${what} below ${basePath ?? join(dataDir, "storage")}${host}` };
}

/** Only where one is replaced; with what of its configuration changes nothing. */
function replacedService({ uws }: Config): Feature[] {
  if (uws === null) return [];
  const why = [`by ${uws.file}`, ...uws.notes].join("; ");
  return [{ name: "workspaces server", on: true, why }];
}

/** Both are needed; one alone is somebody's mistake. */
function jupyterHub({ hub: { apiUrl, apiToken } }: Config): Feature {
  const name = "JupyterHub";
  if (apiUrl === null) {
    const why =
      apiToken === null
        ? "JUPYTERHUB_API_URL and JUPYTERHUB_API_TOKEN are not set (docs/jupyterhub.md)"
        : "JUPYTERHUB_API_TOKEN is set, JUPYTERHUB_API_URL is not: both are needed (docs/jupyterhub.md)";
    return { name, on: false, why };
  }
  // Host and port: an address may hold a password.
  const { protocol, host } = new URL(apiUrl);
  const where = `${protocol}//${host}`;
  if (apiToken !== null) return { name, on: true, why: where };
  const why = `${where} is set, JUPYTERHUB_API_TOKEN is not: both are needed (docs/jupyterhub.md)`;
  return { name, on: false, why };
}

function mail(config: Config): Feature {
  const { smtpUrl } = config.mail;
  const why = smtpUrl === null ? "STOA_SMTP_URL is not set: mails are kept for admins to see" : `by ${hostOf(smtpUrl)}`;
  return { name: "mail", on: smtpUrl !== null, why };
}

function key(name: string, value: string | null, env: string, on: string, off: string): Feature {
  return { name, on: value !== null, why: value === null ? `${env} is not set: ${off}` : on };
}

/** Host and port of a URL: never its user and password. */
function hostOf(url: string): string {
  return new URL(url).host || "a socket";
}
