import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { createStoa, type Stoa, type StoaOptions } from "./app.ts";
import { describeFeatures } from "./config/features.ts";
import type { Config } from "./config/schema.ts";
import { connect } from "./platform/database/connect.ts";
import { migrateToLatest } from "./platform/database/migrate.ts";
import { type OpenDatabase, openDatabase } from "./platform/database/open-database.ts";
import { endPool } from "./platform/database/pool.ts";
import { StartError } from "./platform/errors/start-error.ts";
import { drain } from "./platform/http/drain.ts";
import { type SessionLimits, trySessionLimits } from "./platform/processes/control-groups/try-limits.ts";
import { type BrokerChannel, openBrokerChannel } from "./platform/processes/ipc/broker-channel.ts";
import type { BrokerLink } from "./platform/processes/link.ts";
import type { BrokerChoice } from "./platform/processes/open-broker.ts";
import { createLog } from "./platform/telemetry/log.ts";
import type { ServeOptions } from "./serve.ts";
import type { Telling } from "./telling.ts";

/** Milliseconds to end in good order without a database. */
const LOST_PATIENCE_MS = 20_000;
/** Seconds that requests have when the broker is gone: its successor waits for us. */
const ORPHAN_DRAIN = 2;
const BROKER_GONE = "the broker's end";

/** Everything in this one process, under this account. */
export async function serveAlone(
  config: Config,
  broker: BrokerChoice,
  told: Telling,
  options: ServeOptions,
): Promise<void> {
  const log = createLog(config);
  const database = await openDatabase(config, log, { signal: told.signal });
  const limits = await trySessionLimits(false);
  await serveOn({ config, database, log, told, broker, limits }, options);
}

/** With what the broker gives: nothing is read here that this account has no business to read. */
export async function serveBehindBroker(told: Telling, options: ServeOptions): Promise<void> {
  const channel = await openBrokerChannel();
  channel.onGone(() => told.tell(BROKER_GONE));
  const { config, database: opened, why, limits } = channel.beginning;
  const log = createLog(config);
  const connections = connect({
    url: opened.connectionString,
    size: config.database.poolSize,
    applicationName: `stoa/${config.nodeId}`,
    onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
  });
  const database: OpenDatabase = {
    ...connections,
    ...opened,
    lost: channel.lost,
    async close() {
      await endPool(connections.pool);
      channel.close();
    },
  };
  await serveOn({ config, database, log, told, broker: { on: true, why }, limits, channel }, options);
}

/** From the database on. */
export async function serveOn(running: Running, options: ServeOptions): Promise<void> {
  const { config, database, log, told, channel } = running;
  try {
    await migrateToLatest(database.db);
    told.signal.throwIfAborted();
    const stoa = await createStoa({
      config,
      database,
      log,
      broker: channel?.link ?? running.link ?? null,
      preparedKey: preparedKey(channel),
      extraJobTypes: options.extraJobTypes ?? [],
      facts: { people: running.broker, limits: running.limits },
    });
    options.extend?.(stoa);
    await run(stoa, running);
  } finally {
    await database.close();
  }
}

function preparedKey(channel: BrokerChannel | undefined): StoaOptions["preparedKey"] {
  const key = channel?.beginning.preparedKey ?? null;
  return channel === undefined || key === null ? null : { key, adopt: channel.adoptKey };
}

export interface Running {
  readonly config: Config;
  readonly database: OpenDatabase;
  readonly log: Logger;
  readonly told: Telling;
  /** Whether people's work is done under their own accounts, for the report. */
  readonly broker: BrokerChoice;
  /** By what sessions are held to their share, for the report. */
  readonly limits: SessionLimits;
  readonly channel?: BrokerChannel;
  /** A broker in this process; left out: the channel's, or none. */
  readonly link?: BrokerLink;
}

async function run(stoa: Stoa, running: Running): Promise<void> {
  const { config, database, log, told } = running;
  try {
    const admin = await stoa.accounts.ensureFirstAdmin();
    told.signal.throwIfAborted();
    await stoa.start();
    told.signal.throwIfAborted();
    await listen(stoa, config);
    told.ready();
    greet(stoa, running, admin);
    const signal = await toldOrLost(told, database);
    log.info({ signal }, "draining");
    await drain(stoa.app, signal === BROKER_GONE ? Math.min(ORPHAN_DRAIN, config.drainSeconds) : config.drainSeconds);
  } finally {
    await stoa.stop();
    await stoa.app.close();
  }
}

/** @throws the StartError that says why this server may not go on */
async function toldOrLost(told: Telling, { lost }: OpenDatabase): Promise<string> {
  const ended = await Promise.race([told.come, lost]);
  if (typeof ended === "string") return ended;
  // Without its database it may not get to its end by itself.
  setTimeout(() => process.exit(1), LOST_PATIENCE_MS).unref();
  throw ended;
}

async function listen({ app, platform }: Stoa, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw cannotListen(error, host, port);
  }
  platform.addresses.boundTo((app.server.address() as AddressInfo).port);
}

function cannotListen(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new StartError(
        `Port ${port} on ${host} is taken by another program.`,
        "Stop that program, or choose another port with STOA_PORT (0: any free one).",
        { cause: error },
      );
    case "EACCES":
      return new StartError(`Port ${port} may not be opened by this account.`, "Choose STOA_PORT above 1023.", {
        cause: error,
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartError(`This machine has no address ${host}.`, "Set STOA_HOST to one it has, or leave it out.", {
        cause: error,
      });
    default:
      return error;
  }
}

type FirstAdmin = Awaited<ReturnType<Stoa["accounts"]["ensureFirstAdmin"]>>;

/** What a person at the terminal needs to know, and the one line that programs wait for. */
function greet({ platform, means }: Stoa, { config, broker, limits }: Running, admin: FirstAdmin): void {
  const facts = { people: broker, sessions: means, limits };
  const lines = describeFeatures(config, facts).map((feature) => `  ${feature}`);
  if (admin.oneTimePassword !== null) {
    lines.push("", `  Sign in as ${admin.username} with the one-time password ${admin.oneTimePassword}`, "");
  }
  lines.push(`Stoa is ready at ${platform.addresses.portalOrigin()}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
