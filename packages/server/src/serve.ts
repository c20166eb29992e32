import type { Stoa } from "./app.ts";
import { loadConfig } from "./config/load.ts";
import { ConfigError } from "./config/problems.ts";
import { isConnectionLoss } from "./platform/database/connection-loss.ts";
import { StartError } from "./platform/errors/start-error.ts";
import { isBehindBroker } from "./platform/processes/ipc/broker-channel.ts";
import { chooseBroker } from "./platform/processes/open-broker.ts";
import type { JobType } from "./sessions/job-types/contract.ts";
import { type Telling, Told, untilTold } from "./telling.ts";

export interface ServeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly extraJobTypes?: readonly JobType[];
  /** Called before anything starts: tests register operations and schedules of their own. */
  readonly extend?: (stoa: Stoa) => void;
}

/**
 * Starts a server as its environment says, and runs until SIGTERM or SIGINT: then it drains and resolves. Told during
 * the start it ends what it has started, and resolves too. As root it becomes, where the settings want it, the broker,
 * which starts this same program again as the server.
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

/** The broker's part is small, and so is what it loads: of the server nothing. */
async function serveUntil(told: Telling, options: ServeOptions): Promise<void> {
  if (isBehindBroker(options.env)) {
    const { serveBehindBroker } = await import("./run-server.ts");
    return serveBehindBroker(told, options);
  }
  const config = loadConfig(options.env, options.cwd);
  const broker = await chooseBroker(config);
  if (broker.on) {
    const { serveAsBroker } = await import("./serve-as-broker.ts");
    return serveAsBroker(config, broker.why, told, options);
  }
  const { serveAlone } = await import("./run-server.ts");
  return serveAlone(config, broker, told, options);
}
