import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { createStoa, type Stoa } from "./app.ts";
import { describeFeatures } from "./config/features.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/schema.ts";
import { migrateToLatest } from "./platform/database/migrate.ts";
import { openDatabase } from "./platform/database/open-database.ts";
import { StartError } from "./platform/errors/start-error.ts";
import { drain } from "./platform/http/drain.ts";
import { createLog } from "./platform/telemetry/log.ts";
import type { JobType } from "./sessions/job-types/contract.ts";

export interface ServeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly extraJobTypes?: readonly JobType[];
  /** Called before anything starts: tests register operations and schedules of their own. */
  readonly extend?: (stoa: Stoa) => void;
}

/**
 * Starts a server as its environment says, and runs until SIGTERM or SIGINT: then it drains and resolves.
 * @throws StartError when it can't start; nothing is left running then.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const config = loadConfig(options.env, options.cwd);
  const log = createLog(config);
  const database = await openDatabase(config, log);
  try {
    await migrateToLatest(database.db);
    const stoa = await createStoa({ config, database, log, extraJobTypes: options.extraJobTypes ?? [] });
    options.extend?.(stoa);
    await run(stoa, config, log);
  } finally {
    await database.close();
  }
}

async function run(stoa: Stoa, config: Config, log: Logger): Promise<void> {
  const told = untilTold();
  try {
    const admin = await stoa.accounts.ensureFirstAdmin();
    await stoa.start();
    await listen(stoa, config);
    greet(stoa, config, admin);
    log.info({ signal: await told.signal }, "draining");
    await drain(stoa.app, config.drainSeconds);
  } finally {
    told.forget();
    await stoa.stop();
    await stoa.app.close();
  }
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

function untilTold(): { readonly signal: Promise<string>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const told = (signal: NodeJS.Signals): void => resolve(signal);
  process.on("SIGTERM", told).on("SIGINT", told).on("SIGHUP", told);
  return {
    signal: promise,
    forget: () => process.off("SIGTERM", told).off("SIGINT", told).off("SIGHUP", told),
  };
}
