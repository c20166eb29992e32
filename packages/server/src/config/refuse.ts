import { isAbsolute, relative } from "node:path";
import { isLoopbackHost, isLoopbackUrl } from "./loopback.ts";
import type { Problem } from "./problems.ts";
import { STORAGE_RULES } from "./refuse-storage.ts";
import type { Config } from "./schema.ts";

/** A rule over the whole configuration: null when it holds. `given` has the names that somebody set. */
type Rule = (config: Config, given: ReadonlySet<string>) => Problem | null;

const RULES: readonly Rule[] = [
  openRegistrationInTheClear,
  noIsolationAmongStrangers,
  domainsWithoutList,
  listWithoutDomains,
  sessionDomainSharesCookies,
  plainSessionsBelowPortal,
  shortApiKey,
  (c) => wellKnown("API_KEY", c.apiKey),
  (c) => wellKnown("VERIFICATION_TOKEN", c.verificationToken),
  (c) => wellKnown("STOA_ADMIN_PASSWORD", c.adminPassword),
  (c) => wellKnown("STOA_SECRET_KEY", c.secretKey.value),
  twoSecretKeys,
  weakSecretKey,
  shortAdminPassword,
  directWithoutDatabase,
  everyProxyTrusted,
  linksIntoOurOwn,
  sessionsWriteIntoOurOwn,
  ...STORAGE_RULES,
];

/** Combinations that would let someone in or lose something; each with its remedy. */
export function findDangers(config: Config, given: ReadonlySet<string>): Problem[] {
  return RULES.map((rule) => rule(config, given)).filter((problem) => problem !== null);
}

/** True when others than this machine can reach it. */
export function isPublic(config: Config): boolean {
  return !isLoopbackHost(config.host) || (config.publicUrl !== null && !isLoopbackUrl(config.publicUrl));
}

/** `local` too: at an address of its own, strangers come without a proxy. */
function isOpen({ registration }: Config): boolean {
  return registration.mode === "open" || registration.mode === "local";
}

function openRegistrationInTheClear(config: Config): Problem | null {
  const overTls = config.publicUrl?.startsWith("https://") === true;
  if (!isOpen(config) || !isPublic(config) || overTls) return null;
  return {
    where: "STOA_REGISTRATION",
    problem: "lets everybody in at an address that others reach without TLS: passwords would travel readable",
    remedy: "Put TLS in front and set STOA_PUBLIC_URL=https://…, or choose closed or domains.",
  };
}

function noIsolationAmongStrangers(config: Config): Problem | null {
  if (config.localIsolation !== "none" || !isOpen(config) || !isPublic(config)) return null;
  return {
    where: "STOA_LOCAL_ISOLATION",
    problem: "is none while anybody may register: every stranger could read everyone's files and the server's keys",
    remedy: "Leave it at auto, or set STOA_REGISTRATION to closed or domains.",
  };
}

function domainsWithoutList(config: Config): Problem | null {
  if (config.registration.mode !== "domains" || config.registration.domains.length > 0) return null;
  return {
    where: "STOA_REGISTRATION",
    problem: "is domains, but no domain is named",
    remedy: "Set STOA_REGISTRATION_DOMAINS=example.org,example.com.",
  };
}

function listWithoutDomains(config: Config): Problem | null {
  if (config.registration.mode === "domains" || config.registration.domains.length === 0) return null;
  return {
    where: "STOA_REGISTRATION_DOMAINS",
    problem: `has no effect: registration is ${config.registration.mode}`,
    remedy: "Set STOA_REGISTRATION=domains, or remove it.",
  };
}

/** A page in a session could set and read cookies for the portal's host. `localhost` takes no domain cookies. */
function sessionDomainSharesCookies(config: Config): Problem | null {
  const portal = portalHost(config);
  const domain = config.sessionDomain;
  if (domain === null || portal === null || domain === "localhost") return null;
  if (portal !== domain && !portal.endsWith(`.${domain}`)) return null;
  return {
    where: "STOA_SESSION_DOMAIN",
    problem: `(${domain}) is the portal's own domain: programs in sessions could reach people's cookies`,
    remedy: "Give sessions a domain of their own, such as sessions.example.net.",
  };
}

/** Over TLS the portal's cookie is `__Host-`, which no page below may set; without, it is not. */
function plainSessionsBelowPortal(config: Config): Problem | null {
  const portal = portalHost(config);
  if (config.publicUrl?.startsWith("https://") || portal === null || !config.sessionDomain?.endsWith(`.${portal}`)) {
    return null;
  }
  if (isLoopbackHost(config.sessionDomain)) return null;
  return {
    where: "STOA_SESSION_DOMAIN",
    problem: `(${config.sessionDomain}) lies below the portal's, and without TLS its pages could replace the portal's cookie`,
    remedy: "Put TLS in front and set STOA_PUBLIC_URL=https://…, or give sessions another domain.",
  };
}

function portalHost(config: Config): string | null {
  return config.publicUrl === null ? null : new URL(config.publicUrl).hostname;
}

function shortApiKey(config: Config): Problem | null {
  if (config.apiKey === null || config.apiKey.length >= 16) return null;
  return { where: "API_KEY", problem: "is shorter than 16 characters", remedy: freshSecret("API_KEY") };
}

const PLACEHOLDERS = new Set([
  ..."changeme change-me change_me changethis replaceme replace-me secret supersecret mysecret".split(" "),
  ..."password passw0rd admin administrator default token letmein 12345678 1234567890 example".split(" "),
  ..."your-api-key your-secret-key your-token your-secret-api-key-here your_api_key changemechangeme".split(" "),
]);

function wellKnown(where: string, value: string | null): Problem | null {
  if (value === null || !PLACEHOLDERS.has(value.toLowerCase())) return null;
  return { where, problem: "still has a value out of an example, which everyone knows", remedy: freshSecret(where) };
}

function twoSecretKeys(_config: Config, given: ReadonlySet<string>): Problem | null {
  if (!given.has("STOA_SECRET_KEY") || !given.has("STOA_SECRET_KEY_FILE")) return null;
  return {
    where: "STOA_SECRET_KEY",
    problem: "and STOA_SECRET_KEY_FILE are both set, and may differ",
    remedy: "Keep one; the file is the safer.",
  };
}

function weakSecretKey(config: Config): Problem | null {
  const key = config.secretKey.value;
  if (key === null || (key.length >= 32 && new Set(key).size >= 8)) return null;
  return {
    where: "STOA_SECRET_KEY",
    problem: key.length < 32 ? "is shorter than 32 characters" : "is too regular to be random",
    remedy: freshSecret("STOA_SECRET_KEY"),
  };
}

function shortAdminPassword(config: Config): Problem | null {
  if (config.adminPassword === null || config.adminPassword.length >= 8) return null;
  return {
    where: "STOA_ADMIN_PASSWORD",
    problem: "is shorter than 8 characters",
    remedy: "Choose a longer one, or leave it out: one is made and printed at the first start.",
  };
}

function directWithoutDatabase(config: Config): Problem | null {
  if (config.database.directUrl === null || config.database.url !== null) return null;
  return {
    where: "DATABASE_DIRECT_URL",
    problem: "is set without DATABASE_URL",
    remedy: "Set DATABASE_URL too, or remove it.",
  };
}

function everyProxyTrusted(config: Config): Problem | null {
  const all = config.trustedProxies.find((block) => /\/0+$/.test(block));
  if (all === undefined) return null;
  return {
    where: "STOA_TRUSTED_PROXIES",
    problem: `(${all}) trusts everybody: callers could claim any address`,
    remedy: "Name the proxy's own address.",
  };
}

/** Where the kernel shows processes and devices, as files. */
const NOT_DATA = ["/proc", "/sys", "/dev"];

/** Enclosed sessions would write there, the server's own account that they run as included. */
function sessionsWriteIntoOurOwn(config: Config): Problem | null {
  const own = [config.dataDir, config.secretKey.file].filter((path) => path !== null);
  for (const folder of config.sessions.writable) {
    const inside = own.find((path) => isWithin(path, folder) || isWithin(folder, path));
    const what = folder === "/" ? "the whole machine" : (NOT_DATA.find((path) => isWithin(folder, path)) ?? inside);
    if (what === undefined) continue;
    return {
      where: "STOA_SESSION_WRITABLE",
      problem: `has ${folder}, through which sessions would write to ${what}`,
      remedy: "Name folders that hold nothing but people's data.",
    };
  }
  return null;
}

/** People would read keys, the database and each other's files through links of their own. */
function linksIntoOurOwn(config: Config): Problem | null {
  const own = [config.dataDir, config.secretKey.file].filter((path) => path !== null);
  for (const root of config.symlinkRoots) {
    const what =
      root === "/"
        ? "the whole machine"
        : (NOT_DATA.find((path) => isWithin(root, path)) ??
          own.find((path) => isWithin(path, root) || isWithin(root, path)));
    if (what === undefined) continue;
    return {
      where: "STOA_SYMLINK_ROOTS",
      problem: `has ${root}, through which people would reach ${what}`,
      remedy: "Name folders that hold nothing but data to share.",
    };
  }
  return null;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way.split("/")[0] !== "..");
}

function freshSecret(name: string): string {
  return `Make a fresh one: printf '${name}=%s\\n' "$(head -c 32 /dev/urandom | base64)" >> .env.`;
}
