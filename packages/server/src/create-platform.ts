import type { Logger } from "pino";
import { createLiveConfig } from "./config/live.ts";
import type { Config } from "./config/schema.ts";
import type { Notices } from "./notices/notices.ts";
import { tellOfEnds, tellOfKeptMail } from "./notices-of-operations.ts";
import { operationReferences } from "./operation-references.ts";
import { type AuditService, createAudit } from "./platform/audit/audit.ts";
import { keepAuditVerified } from "./platform/audit/verify-operation.ts";
import type { OpenDatabase } from "./platform/database/open-database.ts";
import { createEvents, type EventsService } from "./platform/events/events.ts";
import { createAddresses } from "./platform/http/addresses.ts";
import { createRevocationBus } from "./platform/http/revocation-bus.ts";
import { createLiveSettings, type LiveSettings } from "./platform/live-settings/live-settings.ts";
import { createMailer } from "./platform/mail/mailer.ts";
import { createOperations } from "./platform/operations/operations.ts";
import { keepOperationsThin } from "./platform/operations/thin.ts";
import { createOutboundClient } from "./platform/outbound/outbound-client.ts";
import type { Platform } from "./platform/platform.ts";
import type { BrokerLink } from "./platform/processes/link.ts";
import { createProcesses } from "./platform/processes/processes.ts";
import { openSecretBox, type SecretBoxOptions } from "./platform/secrets/open-secret-box.ts";
import { createMetrics } from "./platform/telemetry/metrics.ts";

export interface PlatformOptions {
  readonly config: Config;
  readonly database: Pick<OpenDatabase, "db" | "directConnectionString">;
  readonly log: Logger;
  /** To what starts processes under people's own accounts; null: there is none. */
  readonly broker?: BrokerLink | null;
  /** The secret key that an interrupted rotation has left, where another process has the key's files. */
  readonly preparedKey?: SecretBoxOptions<unknown>["prepared"];
}

/** What is asked of domains, which are made after it. */
export interface AskedLater {
  groupsOf(accountId: number): Promise<number[]>;
  notices(): Pick<Notices, "tellAdmins">;
}

/** The platform, and of it what is started and stopped in the whole server's order. */
export interface PlatformParts {
  readonly platform: Platform;
  readonly liveSettings: LiveSettings;
  readonly events: EventsService;
  readonly audit: AuditService;
  readonly revocations: ReturnType<typeof createRevocationBus>;
}

/** Makes what every domain stands on. Nothing is started. */
export async function createPlatform(
  { config: given, database, log, broker = null, preparedKey = null }: PlatformOptions,
  { groupsOf, notices }: AskedLater,
): Promise<PlatformParts> {
  const { db, directConnectionString } = database;
  const live = createLiveConfig(given);
  const { config } = live;
  const metrics = createMetrics();
  const secrets = await openSecretBox({ config, db, log, prepared: preparedKey });
  const events = createEvents({ db, directUrl: directConnectionString, log, metrics });
  const audit = createAudit({ db, log });
  const operations = createOperations({
    ...{ db, events, audit, log, metrics },
    connectionString: directConnectionString,
    nodeId: config.nodeId,
    onEnded: (trx, ended) => tellOfEnds(notices(), trx, ended),
  });
  const revocations = createRevocationBus(events, log);
  const mail = createMailer({
    ...{ config, db, log, operations, secrets },
    onKept: (trx, kept) => tellOfKeptMail(notices(), trx, kept),
  });
  const range = config.processes.uidRange;
  const platform: Platform = {
    ...{ config, log, db, events, operations, audit, mail, secrets, revocations, metrics },
    outbound: (policy) => createOutboundClient(policy, metrics),
    addresses: createAddresses(config),
    processes: broker === null ? null : createProcesses({ db, audit, link: broker, range, groupsOf, log }),
  };
  keepOperationsThin(platform, operationReferences);
  keepAuditVerified(platform);
  return { platform, liveSettings: createLiveSettings(platform, live), events, audit, revocations };
}
