import { stat } from "node:fs/promises";
import { join } from "node:path";
import { tellLimits } from "@stoa/server/config/features.ts";
import { isPublic } from "@stoa/server/config/refuse.ts";
import type { Config } from "@stoa/server/config/schema.ts";
import { sharedInTheClear } from "@stoa/server/config/shared-site.ts";
import { type Check, fail, ok, warn } from "@stoa/server/platform/database/doctor/check.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { trySessionLimits } from "@stoa/server/platform/processes/control-groups/try-limits.ts";
import { chooseBroker } from "@stoa/server/platform/processes/open-broker.ts";
import { findMeans } from "@stoa/server/sessions/resources/local/means/find-means.ts";

/** What the settings are fit for, beyond being valid. `directory` is where `.env` would lie. */
export async function configurationChecks(config: Config, directory: string): Promise<Check[]> {
  return [
    ok("configuration", "valid"),
    ...(await dotenvPermissions(directory)),
    tls(config),
    sessionOrigin(config),
    ...(await isolation(config)),
    mail(config),
  ];
}

async function dotenvPermissions(directory: string): Promise<Check[]> {
  const file = join(directory, ".env");
  const found = await stat(file).catch(() => null);
  if (found === null) return [];
  const open = (found.mode & 0o077) !== 0;
  return [open ? warn(".env", `${file} can be read by other accounts`, `chmod 600 ${file}`) : ok(".env", file)];
}

function tls(config: Config): Check {
  if (config.publicUrl?.startsWith("https://")) return proxied(config);
  if (!isPublic(config)) return ok("TLS", "not needed on loopback");
  return warn("TLS", "passwords travel readable", "Put TLS in front, and set STOA_PUBLIC_URL=https://….");
}

/** Behind a proxy that isn't named, all callers share one address, and one rate limit. */
function proxied(config: Config): Check {
  if (config.trustedProxies.length > 0) return ok("TLS", `in front, by ${config.trustedProxies.join(", ")}`);
  const found = "in front, but STOA_TRUSTED_PROXIES is not set: every caller looks like the proxy";
  return warn("TLS", found, "Set STOA_TRUSTED_PROXIES to the proxy's address.");
}

function sessionOrigin(config: Config): Check {
  const shared = sharedInTheClear(config);
  if (shared !== null) return sharedSite(shared);
  if (config.sessionDomain !== null) return ok("session addresses", `s-<id>.${config.sessionDomain}`);
  const fix = "Point a wildcard name at this server, and set STOA_SESSION_DOMAIN to it.";
  return fail("session addresses", "none: web programs in sessions can't be opened in a browser", fix);
}

function sharedSite(domain: string): Check {
  const found = `without TLS a session's page could sign people in as somebody else, by cookies for ${domain}`;
  const fix = `Put TLS in front and set STOA_PUBLIC_URL=https://…, or give sessions a domain outside ${domain}.`;
  return warn("session addresses", found, fix);
}

async function isolation(config: Config): Promise<Check[]> {
  try {
    const broker = await chooseBroker(config);
    const means = await findMeans(config, broker.on);
    const ports = means.noPorts === null ? ok("session ports", means.told.network) : portless(means.told.network);
    const rest = [ports, ok("session limits", tellLimits(await trySessionLimits(broker.on)))];
    if (means.keptApart) return [ok("isolation", `sessions are kept apart ${means.told.isolation}`), ...rest];
    return [withoutIsolation(config, `${broker.why}; ${means.told.isolation}`), ...rest];
  } catch (error) {
    if (error instanceof StartError) return [fail("isolation", error.message, error.remedy)];
    throw error;
  }
}

function portless(told: string): Check {
  return warn("session ports", told, "Install bubblewrap (docs/isolation.md).");
}

function withoutIsolation(config: Config, why: string): Check {
  if (config.localIsolation !== "none") return ok("isolation", `local sessions are for admins only: ${why}`);
  const found = "none: everyone who starts a session can read everyone's files and the server's keys";
  const fix = "Set STOA_LOCAL_ISOLATION=auto where not everyone trusts everyone.";
  return isPublic(config) ? warn("isolation", found, fix) : ok("isolation", "none, by choice");
}

function mail(config: Config): Check {
  if (config.mail.smtpUrl === null) return ok("mail", "off: admins hand out reset links themselves");
  if (!config.mail.from.endsWith("@localhost>")) return ok("mail", "on");
  return warn("mail", `the sender is ${config.mail.from}`, "Set STOA_MAIL_FROM to an address of your domain.");
}
