import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { Config } from "./config/schema.ts";
import { prepareDataDirectory } from "./platform/database/data-directory.ts";
import { ensureSystemUser, type ServiceAccount } from "./platform/database/embedded/service-account.ts";
import { type OpenDatabase, openDatabase } from "./platform/database/open-database.ts";
import { StartError } from "./platform/errors/start-error.ts";
import type { Broker } from "./platform/processes/broker/broker.ts";
import { compiledServer, keepServerCompiled } from "./platform/processes/compiled-server.ts";
import { trySessionLimits } from "./platform/processes/control-groups/try-limits.ts";
import { closeInherited } from "./platform/processes/inherited.ts";
import type { Beginning } from "./platform/processes/ipc/messages.ts";
import { startServerChild } from "./platform/processes/ipc/server-child.ts";
import { linkWithin } from "./platform/processes/link.ts";
import { openBroker } from "./platform/processes/open-broker.ts";
import { endOrphans, noteServer } from "./platform/processes/predecessor.ts";
import { cannotReach } from "./platform/processes/reach-database.ts";
import { type ReadableSources, readableSources } from "./platform/processes/readable-sources.ts";
import { adoptPreparedKey, readSecretKeys } from "./platform/secrets/open-secret-box.ts";
import { createLog } from "./platform/telemetry/log.ts";
import { CHECKOUT, personPrograms, SOURCES } from "./programs.ts";
import type { ServeOptions } from "./serve.ts";
import { ServerEnded } from "./server-ended.ts";
import { plainHost } from "./sessions/resources/local/plain-host.ts";
import { brokerErrand } from "./storage/hosts/broker-errand.ts";
import type { StorageHost } from "./storage/hosts/contract.ts";
import { mayOwnBy } from "./storage/hosts/may-own.ts";
import { openOwnHost } from "./storage/hosts/open-host.ts";
import { baseDirectory } from "./storage/housing/base-directory.ts";
import type { Telling } from "./telling.ts";

/** Whom the server runs as. Not `stoa`: where root does not start it, that is who owns the checkout, by our own advice. */
export const SERVER_ACCOUNT = "stoa-server";
/** In the log's lines of what the broker does. */
const BROKER = { process: "broker" };

/**
 * Root's part: opens the database and the keys, which are nobody else's, starts the server under its own account, and
 * does for it what only root can, until it has ended.
 * @throws StartError, ServerEnded
 */
export async function serveAsBroker(config: Config, why: string, told: Telling, options: ServeOptions): Promise<void> {
  closeInherited();
  const log = createLog(config);
  const account = await serverAccount();
  const spool = path.join(config.dataDir, "run");
  await prepareDataDirectory(config.dataDir, null);
  await mkdir(spool, { recursive: true, mode: 0o711 });
  for (const folder of [config.dataDir, spool]) await chmod(folder, 0o711);
  await endOrphans(spool);
  const programs = preparePrograms(config, log);
  programs.catch(() => undefined); // told when it is waited for
  const database = await openDatabase(config, log, { signal: told.signal, socketGroup: account.gid });
  try {
    const storage = await openOwnHost(config, { log: log.child(BROKER), mayOwn: mayOwnBy(config) });
    try {
      await run({ config, why, told, log, account, spool, database, storage, programs }, options);
    } finally {
      await storage.close();
    }
  } finally {
    await database.close();
  }
}

interface Running {
  readonly config: Config;
  readonly why: string;
  readonly told: Telling;
  readonly log: Logger;
  readonly account: ServiceAccount;
  readonly spool: string;
  readonly database: OpenDatabase;
  readonly storage: StorageHost;
  readonly programs: ReturnType<typeof preparePrograms>;
}

/** What the server and people's processes are started from; the database is opened meanwhile. */
async function preparePrograms(config: Config, log: Logger) {
  const [main = ""] = process.argv.slice(1);
  const places = await readableSources({ checkout: CHECKOUT, sources: SOURCES, main, dataDir: config.dataDir, log });
  const host = await plainHost({ dataDir: config.dataDir, log }, path.join(places.sources, "sessions/host"));
  return { places, host };
}

async function run(running: Running, options: ServeOptions): Promise<void> {
  const { config, told, log, account, database } = running;
  const { key, prepared } = await readSecretKeys(config, log);
  const { places, host } = await running.programs;
  const brokerLog = log.child(BROKER);
  const openBrokerFor = (server: ServiceAccount): Promise<Broker> =>
    openBroker({
      dataDir: config.dataDir,
      config,
      server,
      sources: places.sources,
      programs: { ...personPrograms, sessionHost: host.host, sessionTask: host.task },
      node: places.node,
      storage: brokerErrand(running.storage, brokerLog),
      storageBase: baseDirectory(config, running.storage),
      log: brokerLog,
    });
  told.signal.throwIfAborted();
  const { connectionString, directConnectionString } = database;
  const reason =
    config.database.url === null
      ? null
      : await cannotReach([connectionString, directConnectionString], account, places);
  if (reason !== null) return stayRoot(running, options, reason, openBrokerFor);
  const broker = await openBrokerFor(account);
  const beginning: Beginning = {
    config: { ...config, secretKey: { value: key, file: null } },
    database: { connectionString, directConnectionString },
    preparedKey: prepared,
    why: running.why,
    limits: await trySessionLimits(true),
  };
  await runServer(running, places, broker, beginning);
}

async function runServer(
  { config, told, log, account, spool, database }: Running,
  places: ReadableSources,
  broker: Broker,
  beginning: Beginning,
): Promise<void> {
  const child = startServerChild({
    account,
    command: [places.node, ...process.execArgv, places.main, ...process.argv.slice(2)],
    env: { NODE_COMPILE_CACHE: compiledServer(places), ...process.env },
    port: config.port,
    broker,
    adoptKey: () => adoptPreparedKey(config),
    beginning,
  });
  const forget = noteServer(spool, child.pid);
  void keepServerCompiled({ places, account, log });
  told.ready();
  void told.come.then(() => child.terminate());
  void database.lost.then((error) => child.tellLost(error));
  const { code, signal } = await child.ended;
  forget();
  if (code === 0) return;
  if (signal !== null) log.fatal({ signal }, "the server was ended from outside; the broker ends, too");
  throw new ServerEnded(code, signal);
}

/** Where the server's account gets through to no database: people are kept apart all the same. */
async function stayRoot(
  { config, why, told, log, database }: Running,
  options: ServeOptions,
  reason: string,
  openBrokerFor: (server: ServiceAccount) => Promise<Broker>,
): Promise<void> {
  if (config.processes.broker === "on") {
    throw new StartError(
      `The server runs as the system user ${SERVER_ACCOUNT}, which the database of DATABASE_URL does not let in: ${reason}.`,
      `Let ${SERVER_ACCOUNT} in (a password in DATABASE_URL, a socket that it reaches), or set STOA_BROKER=auto: the server itself then stays root.`,
    );
  }
  const { serveOn } = await import("./run-server.ts");
  const people = { on: true, why: `${why}; the server itself stays root: ${SERVER_ACCOUNT} can't reach the database` };
  log.warn({ reason }, "the server stays root: its own account does not get through to the database");
  const link = linkWithin(await openBrokerFor({ uid: 0, gid: 0 }));
  // It is closed by whoever opened it.
  await serveOn(
    {
      ...{ config, log, told, broker: people, link, limits: await trySessionLimits(true) },
      database: { ...database, close: async () => undefined },
    },
    options,
  );
}

async function serverAccount(): Promise<ServiceAccount> {
  const account = await ensureSystemUser(SERVER_ACCOUNT);
  if (account !== null) return account;
  throw new StartError(
    `The server runs under the system user ${SERVER_ACCOUNT}, and it could not be created.`,
    `Create it (useradd --system --user-group ${SERVER_ACCOUNT}), or set STOA_BROKER=off.`,
  );
}
