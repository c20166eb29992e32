import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Config } from "../config/schema.ts";
import type { Audit } from "./audit/contract.ts";
import type { Db } from "./database/database.ts";
import type { Events } from "./events/contract.ts";
import type { Addresses } from "./http/addresses.ts";
import type { Revocations } from "./http/revocations.ts";
import type { Mailer } from "./mail/contract.ts";
import type { Operations } from "./operations/contract.ts";
import type { CreateOutboundClient } from "./outbound/contract.ts";
import type { Processes } from "./processes/contract.ts";
import type { SecretBox } from "./secrets/contract.ts";

/** What every domain stands on, handed to it as an argument. Knows no domain. */
export interface Platform {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Db;
  readonly events: Events;
  readonly operations: Operations;
  readonly audit: Audit;
  readonly mail: Mailer;
  readonly secrets: SecretBox;
  readonly revocations: Revocations;
  readonly outbound: CreateOutboundClient;
  readonly metrics: Registry;
  readonly addresses: Addresses;
  /** Null: everything is done as the server's own account. */
  readonly processes: Processes | null;
}
