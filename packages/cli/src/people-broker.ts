import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@stoa/server/config/schema.ts";
import { ensureSystemUser } from "@stoa/server/platform/database/embedded/service-account.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { type BrokerLink, linkWithin } from "@stoa/server/platform/processes/link.ts";
import { chooseBroker, openBroker } from "@stoa/server/platform/processes/open-broker.ts";
import { readableSources } from "@stoa/server/platform/processes/readable-sources.ts";
import { CHECKOUT, personPrograms, SOURCES } from "@stoa/server/programs.ts";
import { SERVER_ACCOUNT } from "@stoa/server/serve-as-broker.ts";
import { brokerErrand } from "@stoa/server/storage/hosts/broker-errand.ts";
import { mayOwnBy } from "@stoa/server/storage/hosts/may-own.ts";
import { openOwnHost } from "@stoa/server/storage/hosts/open-host.ts";
import { baseDirectory } from "@stoa/server/storage/housing/base-directory.ts";
import type { Opened } from "./database.ts";

/**
 * For a command that writes people's files: a broker within this process where the server has one, so that files come
 * under each person's own account; null where the server works as itself.
 * @throws StartError when what this process would write were not the server's
 */
export async function peopleBroker({ config, log }: Opened): Promise<BrokerLink | null> {
  await requireSameOwner(config);
  if (!(await chooseBroker(config)).on) return null;
  const account = await ensureSystemUser(SERVER_ACCOUNT);
  if (account === null) {
    throw new StartError(`There is no system user ${SERVER_ACCOUNT}.`, "Start the server once: it makes it.");
  }
  const { dataDir } = config;
  const main = join(SOURCES, "main.ts");
  const places = await readableSources({ checkout: CHECKOUT, sources: SOURCES, main, dataDir, log });
  const { sources, node } = places;
  const host = await openOwnHost(config, { log, mayOwn: mayOwnBy(config) });
  const [storage, storageBase] = [brokerErrand(host, log), baseDirectory(config, host)];
  const programs = personPrograms;
  return linkWithin(
    await openBroker({ dataDir, config, server: account, sources, programs, node, storage, storageBase, log }),
  );
}

/** A server that isn't root could do nothing with root's files. */
async function requireSameOwner({ dataDir }: Config): Promise<void> {
  const { uid } = await stat(dataDir);
  if (uid === process.getuid?.()) return;
  throw new StartError(
    `${dataDir} belongs to uid ${uid}, and this process runs as uid ${process.getuid?.()}.`,
    "Run the command as the account that starts the server.",
  );
}
