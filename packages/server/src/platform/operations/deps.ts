import type { Kysely, Transaction } from "kysely";
import type { Logger } from "pino";
import type { AuditService } from "../audit/audit.ts";
import type { AuditTables } from "../audit/tables.ts";
import type { EventsService } from "../events/events.ts";
import type { EventTables } from "../events/tables.ts";
import type { Operation } from "./contract.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Kinds } from "./kinds.ts";
import type { OperationMetrics } from "./metrics.ts";
import type { OperationTables } from "./tables.ts";

export type OperationDb = Kysely<OperationTables & EventTables & AuditTables>;
export type Trx = Transaction<OperationTables & EventTables & AuditTables>;

/** What the parts of this folder share. */
export interface OperationDeps {
  readonly db: OperationDb;
  readonly events: Pick<EventsService, "publishAll" | "subscribe" | "listening">;
  readonly audit: Pick<AuditService, "recordAll">;
  readonly queue: JobQueue;
  readonly kinds: Kinds;
  readonly nodeId: string;
  /** This process among those of the node. */
  readonly worker: string;
  readonly metrics: OperationMetrics;
  readonly log: Logger;
  /** In the transaction in which operations end for good: what else is to be written about that. It must not fail. */
  readonly onEnded?: (trx: Trx, ended: readonly Operation[]) => Promise<void>;
}
