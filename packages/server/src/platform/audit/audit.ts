import type { Kysely, Transaction } from "kysely";
import type { Logger } from "pino";
import { Gauge, type Registry } from "prom-client";
import type { Audit, AuditEntry } from "./contract.ts";
import { recordEntries } from "./record.ts";
import { readHead } from "./seal.ts";
import { createSealer, type SealerOptions } from "./sealer.ts";
import type { AuditTables } from "./tables.ts";
import { type AuditVerification, type VerifyOptions, verifyAudit } from "./verify.ts";

export interface AuditOptions extends Pick<SealerOptions, "sealEveryMs" | "headEveryMs"> {
  readonly db: Kysely<AuditTables>;
  readonly log: Logger;
  readonly metrics?: Registry;
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
  measure(options);
  return {
    record: (trx, entry) => recordEntries(trx, [entry]),
    recordAll: recordEntries,
    verify: (verifyOptions) => verifyAudit(options.db, verifyOptions),
    start: sealer.start,
    stop: sealer.stop,
  };
}

function measure({ db, metrics }: AuditOptions): void {
  if (!metrics) return;
  new Gauge({
    name: "stoa_audit_sealed",
    help: "Entries in the audit chain",
    registers: [metrics],
    async collect() {
      const head = await readHead(db).catch(() => null);
      if (head) this.set(head.seq);
    },
  });
  new Gauge({
    name: "stoa_audit_unsealed",
    help: "Audit entries that wait for the sealer",
    registers: [metrics],
    async collect() {
      const row = await db
        .selectFrom("audit_unsealed")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .executeTakeFirst()
        .catch(() => undefined);
      if (row) this.set(Number(row.count));
    },
  });
}
