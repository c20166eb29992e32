import type { FastifyInstance } from "fastify";
import type { Accounts } from "./accounts/accounts.ts";
import { entries } from "./config/catalogue.ts";
import { listFeatures, type StartFacts } from "./config/features.ts";
import { createDomains, type Domains, type DomainsOptions } from "./create-domains.ts";
import { createPlatform, type PlatformOptions, type PlatformParts } from "./create-platform.ts";
import { keepGroups } from "./keep-groups.ts";
import type { Notices } from "./notices/notices.ts";
import { auditRoutes } from "./platform/audit/routes.ts";
import { verifyRoutes } from "./platform/audit/verify-routes.ts";
import { endLeasesOfDead } from "./platform/database/leases.ts";
import { eventRoutes } from "./platform/events/routes.ts";
import { docsRoutes } from "./platform/http/docs-routes.ts";
import { createHttpServer } from "./platform/http/server.ts";
import { statusRoutes } from "./platform/http/status-routes.ts";
import { systemRoutes } from "./platform/http/system-routes.ts";
import { webRoutes } from "./platform/http/web-routes.ts";
import { settingsRoutes } from "./platform/live-settings/routes.ts";
import { failedRoutes } from "./platform/operations/failed-routes.ts";
import { operationRoutes } from "./platform/operations/routes.ts";
import type { Platform } from "./platform/platform.ts";
import type { LocalMeans } from "./sessions/resources/local/means/local-means.ts";
import type { Storage } from "./storage/storage.ts";

export interface StoaOptions extends PlatformOptions, DomainsOptions {
  /** What the process found out about itself, for the page of settings. */
  readonly facts?: Partial<StartFacts>;
}

/** A whole server, built but not listening. */
export interface Stoa {
  readonly platform: Platform;
  readonly accounts: Accounts;
  readonly notices: Notices;
  readonly storage: Storage;
  readonly app: FastifyInstance;
  /** By what sessions on this machine are kept apart. */
  readonly means: LocalMeans;
  /** Starts what works in the background: events, queue, sealer, sessions' watchers. Before listening. */
  start(): Promise<void>;
  /** The reverse, after the drain: what runs is given back, sessions go on without us. */
  stop(): Promise<void>;
}

/** Puts the parts together; knows every domain, and holds no logic of any. */
export async function createStoa(options: StoaOptions): Promise<Stoa> {
  const parts = await createPlatform(options, {
    groupsOf: async (accountId) => (await domains.accounts.groups.groupsOf(accountId)).map(({ id }) => id),
    notices: () => domains.notices,
  });
  const { platform } = parts;
  const domains = await createDomains(platform, options);
  const { accounts, notices, storage, means } = domains;
  const app = await createHttpServer({
    platform,
    authenticator: domains.activity.withHubTokens(accounts.authenticator),
    routes: allRoutes(parts, domains, options.facts ?? {}),
    intercept: domains.sessions.intercept,
    hold: domains.announcements.hold,
  });
  return { platform, accounts, notices, storage, app, means, ...startAndStop(parts, domains) };
}

function allRoutes({ platform, liveSettings }: PlatformParts, domains: Domains, facts: Partial<StartFacts>) {
  const { config } = platform;
  const { accounts, means } = domains;
  return [
    accounts.routes,
    domains.workspaces.routes,
    domains.sessions.routes,
    domains.storage.routes,
    domains.hub.routes,
    domains.activity.routes,
    domains.webhooks.routes,
    domains.overview.routes,
    domains.notices.routes,
    operationRoutes(platform, accounts.named),
    failedRoutes(platform),
    eventRoutes(platform),
    auditRoutes(platform),
    verifyRoutes(platform),
    domains.announcements.routes,
    systemRoutes(platform),
    settingsRoutes({
      config,
      settings: liveSettings,
      entries,
      features: () => listFeatures(config, { ...facts, sessions: means }),
      provenAgain: accounts.provenAgain,
      async onChange(trx, changes) {
        const minutes = changes.find(({ name }) => name === "STOA_ACT_AS_MINUTES")?.value ?? null;
        if (minutes !== null) await accounts.endActingLongerThan(trx, Number(minutes));
      },
      namesOf: async (ids) => new Map([...(await accounts.byIds(ids))].map(([id, { username }]) => [id, username])),
    }),
    statusRoutes(platform, domains.health),
    docsRoutes(platform),
    webRoutes(platform),
  ];
}

function startAndStop(parts: PlatformParts, domains: Domains): Pick<Stoa, "start" | "stop"> {
  const { platform, events, audit, revocations, liveSettings } = parts;
  const { config, db, operations } = platform;
  const { accounts, announcements, storage, workspaces, sessions, activity, hub, notices, webhooks } = domains;
  let forgetGroups: () => void = () => undefined;
  return {
    async start() {
      await endLeasesOfDead(db, config);
      await events.start();
      await liveSettings.start();
      await announcements.start();
      forgetGroups = keepGroups(platform);
      await audit.start();
      await storage.start();
      await workspaces.start();
      await sessions.start();
      await activity.start();
      await hub.start();
      await operations.start();
      notices.start();
      webhooks.start();
    },
    async stop() {
      await operations.stop(config.drainSeconds * 1000);
      await webhooks.stop();
      await notices.stop();
      await hub.stop();
      await sessions.stop();
      await workspaces.stop();
      await storage.stop();
      await accounts.stop();
      forgetGroups();
      liveSettings.stop();
      announcements.stop();
      await audit.stop();
      revocations.stop();
      await events.stop();
    },
  };
}
