import { pino } from "pino";
import { Registry } from "prom-client";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { AuditEntry } from "../platform/audit/contract.ts";
import type { Db } from "../platform/database/database.ts";
import type { NewEvent } from "../platform/events/contract.ts";
import { createAddresses } from "../platform/http/addresses.ts";
import type { Revocations, Revoked } from "../platform/http/revocations.ts";
import type { Mail } from "../platform/mail/contract.ts";
import type { Platform } from "../platform/platform.ts";
import type { Principal } from "../platform/principal.ts";
import { createSecretBox } from "../platform/secrets/secret-box.ts";

/** What a test can look at afterwards. */
export interface Recorded {
  readonly audit: AuditEntry[];
  readonly events: NewEvent[];
  readonly mails: Mail[];
  readonly revoked: Revoked[];
}

export interface TestPlatform extends Platform {
  readonly recorded: Recorded;
}

/** What a machine that runs tests has free is its own matter. */
const ENV = { STOA_LOG_LEVEL: "silent", STOA_SESSION_MEMORY_CHECK: "off" };

/** The configuration of an empty environment, with a test's own values on top. */
export function testConfig(changes: Partial<Config> = {}): Config {
  return { ...loadConfig({ ...ENV, HOME: "/nonexistent" }, "/nonexistent"), ...changes };
}

/**
 * A platform of stand-ins that record what was asked of them; real parts replace them by `parts`.
 * Revocations work (in this process), secrets are real, the database is there only if given.
 */
export function createTestPlatform(parts: Partial<Platform> = {}): TestPlatform {
  const recorded: Recorded = { audit: [], events: [], mails: [], revoked: [] };
  const config = parts.config ?? testConfig();
  return {
    config,
    // Defects show in the test run; everything else is noise there.
    log: pino({ level: "error" }, pino.destination({ fd: 2, sync: true })),
    db: absent<Db>("database: give createTestPlatform({ db })"),
    events: {
      publish: async (_trx, event) => void recorded.events.push(event),
      subscribe: () => () => {},
      head: async () => "0",
      since: async () => [],
      listening: true,
    },
    operations: absent("operations: give createTestPlatform({ operations })"),
    audit: { record: async (_trx, entry) => void recorded.audit.push(entry) },
    mail: { delivers: false, send: async (_trx, mail) => void recorded.mails.push(mail) },
    secrets: createSecretBox("the secret key of the tests, long enough"),
    revocations: createTestRevocations(recorded),
    outbound: () => absent("outside world: give createTestPlatform({ outbound })"),
    metrics: new Registry(),
    addresses: createAddresses(config),
    processes: null,
    ...parts,
    recorded,
  };
}

/** Takes effect at once: there is no transaction to wait for. */
function createTestRevocations(recorded: Recorded): Revocations {
  const watchers = new Map<symbol, { principal: Principal; onRevoked: (reason: "revoked" | "expired") => void }>();
  const listeners = new Set<(what: Revoked) => void>();
  return {
    async revoke(_trx, what) {
      recorded.revoked.push(what);
      for (const listener of listeners) listener(what);
      for (const [key, { principal, onRevoked }] of watchers) {
        const isMeant =
          "credentialId" in what
            ? what.credentialId === principal.credential.id
            : what.accountId === principal.accountId && what.except !== principal.credential.id;
        if (isMeant && watchers.delete(key)) onRevoked("revoked");
      }
    },
    watch(principal, onRevoked) {
      const key = Symbol();
      watchers.set(key, { principal, onRevoked });
      return () => watchers.delete(key);
    },
    onAny(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
}

function absent<T>(what: string): T {
  const complain = (): never => {
    throw new Error(`This test has no ${what}.`);
  };
  // The stand-in for a part that the test must not need: any use of it says so.
  return new Proxy({} as object, { get: complain, apply: complain }) as T;
}
