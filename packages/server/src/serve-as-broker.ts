import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { Config } from "./config/schema.ts";
import { ensureSystemUser, type ServiceAccount } from "./platform/database/embedded/service-account.ts";
import { type OpenDatabase, openDatabase } from "./platform/database/open-database.ts";
import { StartError } from "./platform/errors/start-error.ts";
import { startServerChild } from "./platform/processes/ipc/server-child.ts";
import { openBroker } from "./platform/processes/open-broker.ts";
import { endOrphans, noteServer } from "./platform/processes/predecessor.ts";
import { readableSources } from "./platform/processes/readable-sources.ts";
import { adoptPreparedKey, readSecretKeys } from "./platform/secrets/open-secret-box.ts";
import { createLog } from "./platform/telemetry/log.ts";
import { CHECKOUT, personPrograms, SOURCES } from "./programs.ts";
import { ServerEnded } from "./server-ended.ts";
import type { Telling } from "./telling.ts";

/** Whom the server runs as. */
export const SERVER_ACCOUNT = "stoa";

/**
 * Root's part: opens the database and the keys, which are nobody else's, starts the server under its own account, and
 * does for it what only root can, until it has ended.
 * @throws StartError, ServerEnded
 */
export async function serveAsBroker(config: Config, why: string, told: Telling): Promise<void> {
  const log = createLog(config);
  const account = await serverAccount();
  const spool = path.join(config.dataDir, "run");
  await mkdir(spool, { recursive: true, mode: 0o711 });
  for (const folder of [config.dataDir, spool]) await chmod(folder, 0o711);
  await endOrphans(spool);
  const database = await openDatabase(config, log, { signal: told.signal, socketGroup: account.gid });
  try {
    await run({ config, why, told, log, account, spool, database });
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
}

async function run({ config, why, told, log, account, spool, database }: Running): Promise<void> {
  const { key, prepared } = await readSecretKeys(config, log);
  const [main = "", ...args] = process.argv.slice(1);
  const places = await readableSources({ checkout: CHECKOUT, sources: SOURCES, main, dataDir: config.dataDir, log });
  const broker = await openBroker({
    dataDir: config.dataDir,
    config,
    server: account,
    sources: places.sources,
    programs: personPrograms,
    node: places.node,
    log: log.child({ process: "broker" }),
  });
  told.signal.throwIfAborted();
  const { connectionString, directConnectionString } = database;
  const child = startServerChild({
    account,
    command: [places.node, ...process.execArgv, places.main, ...args],
    env: process.env,
    port: config.port,
    broker,
    adoptKey: () => adoptPreparedKey(config),
    beginning: {
      config: { ...config, secretKey: { value: key, file: null } },
      database: { connectionString, directConnectionString },
      secretKey: key,
      preparedKey: prepared,
      why,
    },
  });
  const forget = noteServer(spool, child.pid);
  told.ready();
  void told.come.then(() => child.terminate());
  void database.lost.then((error) => child.tellLost(error));
  const { code, signal } = await child.ended;
  forget();
  if (code === 0) return;
  if (signal !== null) log.fatal({ signal }, "the server was ended from outside; the broker ends, too");
  throw new ServerEnded(code, signal);
}

async function serverAccount(): Promise<ServiceAccount> {
  const account = await ensureSystemUser(SERVER_ACCOUNT);
  if (account !== null) return account;
  throw new StartError(
    `The server runs under the system user ${SERVER_ACCOUNT}, and it could not be created.`,
    `Create it (useradd --system --user-group ${SERVER_ACCOUNT}), or set STOA_BROKER=off.`,
  );
}
