import type { Kysely, Transaction } from "kysely";
import type { Logger } from "pino";
import type { Audit, AuditEntry } from "./contract.ts";
import { recordEntries } from "./record.ts";
import { createSealer, type SealerOptions } from "./sealer.ts";
import type { AuditTables } from "./tables.ts";
import { type AuditVerification, type VerifyOptions, verifyAudit } from "./verify.ts";

export interface AuditOptions extends Pick<SealerOptions, "sealEveryMs" | "headEveryMs"> {
  readonly db: Kysely<AuditTables>;
  readonly log: Logger;
}

export interface AuditService extends Audit {
  /** Several entries in one statement. */
  recordAll(trx: Transaction<AuditTables>, entries: readonly AuditEntry[]): Promise<void>;
  verify(options?: VerifyOptions): Promise<AuditVerification>;
  start(): void;
  stop(): Promise<void>;
}

export function createAudit(options: AuditOptions): AuditService {
  const sealer = createSealer(options);
  return {
    record: (trx, entry) => recordEntries(trx, [entry]),
    recordAll: recordEntries,
    verify: (verifyOptions) => verifyAudit(options.db, verifyOptions),
    start: sealer.start,
    stop: sealer.stop,
  };
}
