import type { Kysely } from "kysely";
import type { Logger } from "pino";
import { hasUnsealed, noteHead, sealBatch } from "./seal.ts";
import type { AuditTables } from "./tables.ts";

export interface SealerOptions {
  readonly db: Kysely<AuditTables>;
  readonly log: Logger;
  /** Milliseconds between looks for new entries. */
  readonly sealEveryMs?: number;
  /** Milliseconds between heads in the log. */
  readonly headEveryMs?: number;
}

const BATCH = 1_000;

/** Every process runs one; the lock in `sealBatch` lets one of them work at a time. */
export function createSealer({ db, log, sealEveryMs = 1_000, headEveryMs = 600_000 }: SealerOptions) {
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let loggedSeq = 0;
  let loggedAt = Date.now();

  const sealAll = async () => {
    // Most of the time there is nothing, and a transaction with its lock would cost four times this question.
    while ((await hasUnsealed(db)) && (await sealBatch(db, BATCH)) === BATCH);
  };

  const logHead = async () => {
    loggedAt = Date.now();
    const head = await noteHead(db);
    if (head.seq === loggedSeq) return;
    loggedSeq = head.seq;
    log.info({ auditHead: { seq: head.seq, hash: head.hash.toString("hex") } }, "audit head");
  };

  const round = async () => {
    await sealAll();
    if (Date.now() - loggedAt >= headEveryMs) await logHead();
  };

  const run = () => {
    working = round()
      .catch((error) => log.warn({ err: error }, "audit entries could not be sealed; trying again"))
      .finally(() => {
        if (!stopped) timer = setTimeout(run, sealEveryMs);
      });
  };

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      run();
    },
    /** Seals what is there, and leaves the head in the log. */
    async stop() {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      await working;
      await sealAll()
        .then(logHead)
        .catch((error) => log.warn({ err: error }, "the last audit entries were left for the next start to seal"));
    },
  };
}
