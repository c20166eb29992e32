import { join } from "node:path";
import type { FastifyPluginAsync } from "fastify";
import type { AccountPart, Accounts } from "../accounts/accounts.ts";
import type { Db, Trx } from "../platform/database/database.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import { accountPart } from "./account-part.ts";
import { type SessionFigures, sessionFigures } from "./admin/figures.ts";
import { adminRoutes } from "./admin/routes.ts";
import { createSpentQuotas } from "./admin/spent.ts";
import { createChanges } from "./changes.ts";
import type { SessionsContext, SessionWorkspaces } from "./context.ts";
import { createPresenter } from "./contract/present.ts";
import { contractRoutes } from "./contract/routes.ts";
import { addStatusSocket } from "./contract/status-socket.ts";
import { createInactiveOwners } from "./inactive-owners.ts";
import type { JobType } from "./job-types/contract.ts";
import { jobTypesWith } from "./job-types/registry.ts";
import { createKeeper } from "./keeper.ts";
import { createLastSeen } from "./last-seen.ts";
import { machineRoutes } from "./machines/routes.ts";
import { clearKind, startKind, stopKind } from "./operations.ts";
import { personRoutes } from "./own-api/person-routes.ts";
import { ownRoutes } from "./own-api/routes.ts";
import { startRoutes } from "./own-api/start-routes.ts";
import { addTerminalSocket } from "./own-api/terminal-socket.ts";
import { timeRoutes } from "./own-api/time-routes.ts";
import type { SessionTargets } from "./passthrough/contract.ts";
import { createPassthrough, type Passthrough } from "./passthrough/passthrough.ts";
import { createTickets } from "./passthrough/tickets.ts";
import { lastJobIn, lockLiveCount } from "./queries.ts";
import { coreHourRoutes } from "./quotas/routes.ts";
import { resourceHealth } from "./resource-health.ts";
import { parameters } from "./resource-options/parameters.ts";
import { createLocalResource } from "./resources/local/local.ts";
import { enclosedPlaces } from "./resources/local/means/find-means.ts";
import { accountMeans, type LocalMeans, noMeans } from "./resources/local/means/local-means.ts";
import { type HostPrograms, plainHost } from "./resources/local/plain-host.ts";
import type { SessionTables } from "./tables.ts";
import { createTargets } from "./targets.ts";
import { createClockwork } from "./time/clockwork.ts";
import { createUse } from "./time/use.ts";
import { createGuests } from "./viewers/guests.ts";
import { viewerRoutes } from "./viewers/routes.ts";

export type { SessionFigures } from "./admin/figures.ts";
export type { JobType } from "./job-types/contract.ts";

export interface SessionsOptions {
  /** Besides the registry's: tests and benchmarks bring programs of their own. */
  readonly extraJobTypes?: readonly JobType[];
  /** By what they are kept apart on this machine; left out: by their owners' accounts, where there are any. */
  readonly means?: LocalMeans;
  /** How much room somebody's storage has; left out: nothing is known of anybody's. */
  readonly roomOf?: SessionsContext["roomOf"];
  /** Whether somebody's workspaces are being moved; left out: nobody's are. */
  readonly isMoving?: SessionsContext["isMoving"];
  /** Paths of what somebody's groups share; left out: nothing. */
  readonly sharedFolders?: SessionsContext["sharedFolders"];
}

/** The domain, as the app sees it. */
export interface Sessions {
  /** Contract 3's calls and our own API, sockets included. */
  readonly routes: FastifyPluginAsync;
  /** Sessions' own origins and `/passthrough/`. */
  readonly intercept: Pick<Passthrough, "request" | "upgrade">;
  /** What is kept here of a person, for the export of their data and the deletion of their account. */
  readonly accountPart: AccountPart;
  /** Whether sessions can run, by the resources' ids. */
  readonly health: HealthChecks;
  /** For the operators' overview. @param db a transaction of the asker's, bounded as they want it; or our connections */
  figures(db?: Db): SessionFigures;
  /** Where sessions listen. */
  readonly targets: SessionTargets;
  /** The type and the resource options of the newest session in a workspace, ended or not; null: there was none. */
  lastJob(workspaceId: number): Promise<{ jobType: string; options: Readonly<Record<string, unknown>> } | null>;
  /** Somebody's sessions that have not ended; none is begun until the transaction ends. */
  lockLive(trx: Trx, ownerId: number): Promise<number>;
  /** Adopts what runs here. Before listening. */
  start(): Promise<void>;
  /** Lets go of what runs here: it goes on without us. */
  stop(): Promise<void>;
}

/** Seconds between asking a session's programs to end and killing them. */
const GRACE_SECONDS = 5;
/** Seconds that a host stays after the end, for tabs that reconnect. */
const LINGER_SECONDS = 10;

export function createSessions(
  platform: Platform,
  accounts: Pick<Accounts, "authenticator" | "credentialIsLive" | "byIds" | "findable" | "groups" | "named">,
  workspaces: SessionWorkspaces,
  options: SessionsOptions = {},
): Sessions {
  const { config } = platform;
  const { scrollbackBytes, sessionLogBytes } = config.limits;
  const limits = {
    scrollbackBytes,
    logBytes: sessionLogBytes,
    graceSeconds: GRACE_SECONDS,
    lingerSeconds: LINGER_SECONDS,
    processes: config.sessions.processes,
  };
  let made: Promise<HostPrograms> | undefined;
  const plain = (): Promise<HostPrograms> => (made ??= plainHost({ dataDir: config.dataDir, log: platform.log }));
  const means = options.means ?? (platform.processes === null ? noMeans : accountMeans);
  const runDirectory = join(config.dataDir, "run", "sessions");
  const health = resourceHealth(config, runDirectory);
  const local = createLocalResource({
    runDirectory,
    limits,
    people: platform.processes,
    apart: {
      means,
      places: enclosedPlaces(config, process.env, process.cwd()),
      homes: join(config.dataDir, "homes"),
    },
    hostProgram: async () => (await plain()).host,
    log: platform.log,
  });
  const context: SessionsContext = {
    platform,
    db: platform.db.withTables<SessionTables>(),
    workspaces,
    people: accounts,
    jobTypes: jobTypesWith(options.extraJobTypes ?? [], config),
    parameters: config.uws?.parameters ?? parameters,
    local,
    lastSeen: createLastSeen(),
    roomOf: options.roomOf ?? (async () => null),
    isMoving: options.isMoving ?? (async () => false),
    sharedFolders: options.sharedFolders ?? (async () => []),
  };
  const tickets = createTickets(platform);
  const changes = createChanges(platform.events);
  const use = createUse(context);
  const guests = createGuests(context, changes);
  const targets = createTargets(context, changes, use, guests);
  const clockwork = createClockwork(context, use);
  const keeper = createKeeper(context, changes);
  const inactiveOwners = createInactiveOwners(context, accounts);
  const present = createPresenter(context, tickets);
  const { authenticator, credentialIsLive } = accounts;
  const passthrough = createPassthrough({ platform, targets, tickets, authenticator, credentialIsLive });
  const spent = createSpentQuotas();
  platform.operations.register(startKind(context));
  platform.operations.register(stopKind(context));
  platform.operations.register(clearKind(context));

  return {
    routes: async (app) => {
      await app.register(contractRoutes(context, present));
      await app.register(ownRoutes(context, tickets, guests));
      await app.register(adminRoutes(context));
      await app.register(machineRoutes(context, { health, isolation: means.told.isolation }));
      await app.register(startRoutes(context));
      await app.register(timeRoutes(context));
      await app.register(personRoutes(context));
      await app.register(viewerRoutes(context));
      await app.register(coreHourRoutes(context));
      addStatusSocket(app, context, changes, present);
      addTerminalSocket(app, context, changes, targets, guests);
    },
    intercept: passthrough,
    accountPart: accountPart(context),
    health,
    figures: (db) =>
      sessionFigures(db === undefined ? context : { ...context, db: db.withTables<SessionTables>() }, spent),
    targets,
    lockLive: (trx, ownerId) => lockLiveCount(trx.withTables<SessionTables>(), ownerId),
    async lastJob(workspaceId) {
      const job = await lastJobIn(context.db, workspaceId);
      return job && { jobType: job.job_type, options: job.options };
    },
    async start() {
      await keeper.start();
      await inactiveOwners.start();
      clockwork.start();
    },
    async stop() {
      await clockwork.stop();
      await inactiveOwners.stop();
      await keeper.stop();
      await passthrough.close();
      targets.stop();
      guests.stop();
      await use.stop();
      changes.stop();
      local.close();
    },
  };
}
