import { availableParallelism, loadavg } from "node:os";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { type Accounts, createAccounts, type PasswordCost } from "./accounts/accounts.ts";
import { createAnnouncements } from "./announcements/announcements.ts";
import { belongingsOf } from "./belongings.ts";
import { entries } from "./config/catalogue.ts";
import { listFeatures, type StartFacts } from "./config/features.ts";
import { createLiveConfig } from "./config/live.ts";
import type { Config } from "./config/schema.ts";
import { keepGroups } from "./keep-groups.ts";
import { createNotices, type Notices } from "./notices/notices.ts";
import { tellOfEnds, tellOfKeptMail } from "./notices-of-operations.ts";
import { operationReferences } from "./operation-references.ts";
import { createOverview } from "./overview/overview.ts";
import { createAudit } from "./platform/audit/audit.ts";
import { auditRoutes } from "./platform/audit/routes.ts";
import { keepAuditVerified } from "./platform/audit/verify-operation.ts";
import { verifyRoutes } from "./platform/audit/verify-routes.ts";
import type { OpenDatabase } from "./platform/database/open-database.ts";
import { createEvents } from "./platform/events/events.ts";
import { eventRoutes } from "./platform/events/routes.ts";
import { createAddresses } from "./platform/http/addresses.ts";
import { docsRoutes } from "./platform/http/docs-routes.ts";
import { createRevocationBus } from "./platform/http/revocation-bus.ts";
import { createHttpServer } from "./platform/http/server.ts";
import { statusRoutes } from "./platform/http/status-routes.ts";
import { systemRoutes } from "./platform/http/system-routes.ts";
import { webRoutes } from "./platform/http/web-routes.ts";
import { createLiveSettings } from "./platform/live-settings/live-settings.ts";
import { settingsRoutes } from "./platform/live-settings/routes.ts";
import { createMailer } from "./platform/mail/mailer.ts";
import { failedRoutes } from "./platform/operations/failed-routes.ts";
import { createOperations } from "./platform/operations/operations.ts";
import { operationRoutes } from "./platform/operations/routes.ts";
import { keepOperationsThin } from "./platform/operations/thin.ts";
import { createOutboundClient } from "./platform/outbound/outbound-client.ts";
import type { Platform } from "./platform/platform.ts";
import type { BrokerLink } from "./platform/processes/link.ts";
import { createProcesses } from "./platform/processes/processes.ts";
import { openSecretBox, type SecretBoxOptions } from "./platform/secrets/open-secret-box.ts";
import { createMetrics } from "./platform/telemetry/metrics.ts";
import type { JobType } from "./sessions/job-types/contract.ts";
import { jobTypeIds } from "./sessions/job-types/registry.ts";
import { findMeans } from "./sessions/resources/local/means/find-means.ts";
import type { LocalMeans } from "./sessions/resources/local/means/local-means.ts";
import { createSessions } from "./sessions/sessions.ts";
import { createStorage, type Storage, type StorageOptions } from "./storage/storage.ts";
import { createWorkspaces } from "./workspaces/workspaces.ts";

export interface StoaOptions {
  readonly config: Config;
  readonly database: Pick<OpenDatabase, "db" | "directConnectionString">;
  readonly log: Logger;
  /** To what starts processes under people's own accounts; null: there is none. */
  readonly broker?: BrokerLink | null;
  /** The secret key that an interrupted rotation has left, where another process has the key's files. */
  readonly preparedKey?: SecretBoxOptions<unknown>["prepared"];
  /** Besides the registry's: tests and benchmarks bring a program of their own. */
  readonly extraJobTypes?: readonly JobType[];
  /** For tests: around the storage's driver. */
  readonly wrapStorage?: NonNullable<StorageOptions["wrap"]>;
  /** For tests: what a password's hash takes. No setting leads here. */
  readonly passwordCost?: PasswordCost;
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
export async function createStoa({
  config: given,
  database,
  log,
  broker = null,
  preparedKey = null,
  extraJobTypes = [],
  wrapStorage = (driver) => driver,
  facts = {},
  passwordCost,
}: StoaOptions): Promise<Stoa> {
  const { db } = database;
  const live = createLiveConfig(given);
  const { config } = live;
  const metrics = createMetrics();
  const means = await findMeans(config, broker !== null);
  const secrets = await openSecretBox({ config, db, log, prepared: preparedKey });
  const events = createEvents({ db, directUrl: database.directConnectionString, log, metrics });
  const audit = createAudit({ db, log });
  const operations = createOperations({
    db,
    connectionString: database.directConnectionString,
    events,
    audit,
    nodeId: config.nodeId,
    log,
    metrics,
    onEnded: (trx, ended) => tellOfEnds(notices, trx, ended),
  });
  const revocations = createRevocationBus(events, log);
  const addresses = createAddresses(config);
  const mail = createMailer({
    config,
    db,
    log,
    operations,
    secrets,
    onKept: (trx, kept) => tellOfKeptMail(notices, trx, kept),
  });
  const range = config.processes.uidRange;
  const groupsOf = async (accountId: number) => (await accounts.groups.groupsOf(accountId)).map(({ id }) => id);
  const processes = broker === null ? null : createProcesses({ db, audit, link: broker, range, groupsOf, log });
  const platform: Platform = {
    config,
    log,
    db,
    events,
    operations,
    audit,
    mail,
    secrets,
    revocations,
    outbound: (policy) => createOutboundClient(policy, metrics),
    metrics,
    addresses,
    processes,
  };
  const liveSettings = createLiveSettings(platform, live);
  keepOperationsThin(platform, operationReferences);
  keepAuditVerified(platform);
  const accounts = createAccounts(platform, passwordCost);
  const workspaces = createWorkspaces(
    platform,
    accounts,
    new Set([...jobTypeIds(config), ...extraJobTypes.map((type) => type.id)]),
    (workspaceId) => sessions.lastJob(workspaceId),
    {
      of: (accountId) => storage.roomInside(accountId),
      recount: (accountId) => storage.recountOf(accountId),
      address: () => `${addresses.portalOrigin()}/portal`,
    },
    {
      house: async (accountId) => void (await storage.house(accountId)),
      enter: (accountId) => storage.enter(accountId),
      sharedFolders: (accountId) => storage.sharedFolders(accountId),
      shareFolder: (accountId, groupId) => storage.shareFolder(accountId, groupId),
      snapshotsOf: (accountId, anew) => storage.snapshotsOf(accountId, anew),
    },
  );
  const roomOf = (accountId: number) => storage.roomInside(accountId);
  const sessions = createSessions(platform, accounts, workspaces, {
    ...{ extraJobTypes, means, roomOf },
    isMoving: (trx, accountId) => storage.isMoving(trx, accountId),
    sharedFolders: async (ownerId) => (await storage.sharedFolders(ownerId)).map(({ path }) => path),
  });
  const belongings = belongingsOf(workspaces.accountPart, sessions.accountPart);
  const storage = await createStorage(platform, {
    people: accounts,
    link: broker,
    files: workspaces.rescue,
    wrap: wrapStorage,
    housing: {
      ...{ houses: workspaces.houses, belongings },
      lockLiveSessions: (trx, accountId) => sessions.lockLive(trx, accountId),
    },
  });
  const notices = createNotices(platform, accounts);
  // In the order in which they are removed with an account.
  for (const { accountPart } of [sessions, workspaces, storage, notices]) accounts.contribute(accountPart);
  const health = {
    resources: sessions.health,
    storageMethods: workspaces.health,
    authenticationMethods: accounts.health,
  };
  notices.watchHealth(health);
  const overview = createOverview(platform, {
    sessions: sessions.figures,
    accounts: accounts.figures,
    people: accounts,
    groupName: async (id, trx) => (await accounts.groups.get(id, trx))?.name ?? null,
    roomUsed: workspaces.roomUsed,
    storageOver: storage.over,
    load: () => ({ load: loadavg()[2] ?? 0, cores: availableParallelism() }),
    health,
  });
  const announcements = createAnnouncements(platform, accounts);
  const app = await createHttpServer({
    platform,
    authenticator: accounts.authenticator,
    routes: [
      accounts.routes,
      workspaces.routes,
      sessions.routes,
      storage.routes,
      overview.routes,
      notices.routes,
      operationRoutes(platform, accounts.named),
      failedRoutes(platform),
      eventRoutes(platform),
      auditRoutes(platform),
      verifyRoutes(platform),
      announcements.routes,
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
        namesOf,
      }),
      statusRoutes(platform, health),
      docsRoutes(platform),
      webRoutes(platform),
    ],
    intercept: sessions.intercept,
    hold: announcements.hold,
  });

  async function namesOf(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return new Map([...(await accounts.byIds(ids))].map(([id, { username }]) => [id, username]));
  }
  let forgetGroups: () => void = () => undefined;
  return {
    platform,
    accounts,
    notices,
    storage,
    app,
    means,
    async start() {
      await events.start();
      await liveSettings.start();
      await announcements.start();
      forgetGroups = keepGroups(platform);
      await audit.start();
      await storage.start();
      await workspaces.start();
      await sessions.start();
      await operations.start();
      notices.start();
    },
    async stop() {
      await operations.stop(config.drainSeconds * 1000);
      await notices.stop();
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
