import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { AuditTables } from "./tables.ts";
import { type AuditVerification, verifyAudit } from "./verify.ts";

const KEPT_MS = 60_000;
const BUDGET_MS = 10_000;

/** Verification on request: one at a time in this process, bounded, and not again within a minute. */
export function createVerifications(db: Kysely<AuditTables>, log: Logger) {
  let last: AuditVerification | null = null;
  let running: Promise<AuditVerification> | null = null;

  const run = async () => {
    const result = await verifyAudit(db, { budgetMs: BUDGET_MS });
    if (!result.ok) log.error({ problems: result.problems }, "the audit log has been tampered with");
    last = result;
    return result;
  };

  return {
    latest(): Promise<AuditVerification> {
      if (last && Date.now() - Date.parse(last.at) < KEPT_MS) return Promise.resolve(last);
      running ??= run().finally(() => {
        running = null;
      });
      return running;
    },
  };
}
