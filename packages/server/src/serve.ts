import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { createStoa, type Stoa } from "./app.ts";
import { describeFeatures } from "./config/features.ts";
import { loadConfig } from "./config/load.ts";
import { ConfigError } from "./config/problems.ts";
import type { Config } from "./config/schema.ts";
import { isConnectionLoss } from "./platform/database/connection-loss.ts";
import { migrateToLatest } from "./platform/database/migrate.ts";
import { type OpenDatabase, openDatabase } from "./platform/database/open-database.ts";
import { StartError } from "./platform/errors/start-error.ts";
import { drain } from "./platform/http/drain.ts";
import { createLog } from "./platform/telemetry/log.ts";
import type { JobType } from "./sessions/job-types/contract.ts";

/** Milliseconds to end in good order without a database. */
const LOST_PATIENCE_MS = 20_000;

export interface ServeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly extraJobTypes?: readonly JobType[];
  /** Called before anything starts: tests register operations and schedules of their own. */
  readonly extend?: (stoa: Stoa) => void;
}

/**
 * Starts a server as its environment says, and runs until SIGTERM or SIGINT: then it drains and resolves. Told during
 * the start it ends what it has started, and resolves too.
 * @throws StartError when it can't start; nothing is left running then. Also when its data directory is taken from it.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const told = untilTold();
  try {
    await serveUntil(told, options);
  } catch (error) {
    // What fails in the start after the word to end (a Ctrl-C reaches our children too) fails because of it.
    if (!told.signal.aborted || told.wasReady() || error instanceof ConfigError) {
      throw !told.wasReady() && isConnectionLoss(error) ? databaseLeft(error) : error;
    }
    if (!(error instanceof Told)) process.stderr.write(`Ended while starting: ${error}\n`);
  } finally {
    told.forget();
  }
}

function databaseLeft(cause: unknown): StartError {
  return new StartError(
    `The database went away while the server was starting: ${cause instanceof Error ? cause.message : cause}`,
    "See that it runs (its log says why it ended), and start again.",
    { cause, passing: true },
  );
}

async function serveUntil(told: Telling, options: ServeOptions): Promise<void> {
  const config = loadConfig(options.env, options.cwd);
  const log = createLog(config);
  const database = await openDatabase(config, log, { signal: told.signal });
  try {
    await migrateToLatest(database.db);
    told.signal.throwIfAborted();
    const stoa = await createStoa({ config, database, log, extraJobTypes: options.extraJobTypes ?? [] });
    options.extend?.(stoa);
    await run(stoa, { config, database, log, told });
  } finally {
    await database.close();
  }
}

interface Running {
  readonly config: Config;
  readonly database: OpenDatabase;
  readonly log: Logger;
  readonly told: Telling;
}

async function run(stoa: Stoa, { config, database, log, told }: Running): Promise<void> {
  try {
    const admin = await stoa.accounts.ensureFirstAdmin();
    told.signal.throwIfAborted();
    await stoa.start();
    told.signal.throwIfAborted();
    await listen(stoa, config);
    told.ready();
    greet(stoa, config, admin);
    log.info({ signal: await toldOrLost(told, database) }, "draining");
    await drain(stoa.app, config.drainSeconds);
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
function greet({ platform }: Stoa, config: Config, admin: FirstAdmin): void {
  const lines = describeFeatures(config).map((feature) => `  ${feature}`);
  if (admin.oneTimePassword !== null) {
    lines.push("", `  Sign in as ${admin.username} with the one-time password ${admin.oneTimePassword}`, "");
  }
  lines.push(`Stoa is ready at ${platform.addresses.portalOrigin()}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Why a start was given up. */
class Told extends Error {}

interface Telling {
  /** Aborted when we are told to end. */
  readonly signal: AbortSignal;
  /** The name of what told us. */
  readonly come: Promise<string>;
  /** The start is over. */
  ready(): void;
  wasReady(): boolean;
  forget(): void;
}

function untilTold(): Telling {
  const { promise, resolve } = Promise.withResolvers<string>();
  const ending = new AbortController();
  let isReady = false;
  const told = (signal: NodeJS.Signals): void => {
    resolve(signal);
    ending.abort(new Told(signal));
  };
  process.on("SIGTERM", told).on("SIGINT", told).on("SIGHUP", told);
  return {
    signal: ending.signal,
    come: promise,
    ready: () => {
      isReady = true;
    },
    wasReady: () => isReady,
    forget: () => process.off("SIGTERM", told).off("SIGINT", told).off("SIGHUP", told),
  };
}
