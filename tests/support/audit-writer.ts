/** Writes audit entries in small transactions: `node audit-writer.ts <database url> <number of this writer> <entries>`. */
import { Kysely, PostgresDialect } from "kysely";
import { recordEntries } from "../../packages/server/src/platform/audit/record.ts";
import type { PlatformTables } from "../../packages/server/src/platform/database/database.ts";
import { createPool } from "../../packages/server/src/platform/database/pool.ts";

const [url = "", writer = "", entries = ""] = process.argv.slice(2);
const PER_TRANSACTION = 50;
const pool = createPool({ url, size: 2, applicationName: "audit-writer", onIdleError: () => undefined });
const db = new Kysely<PlatformTables>({ dialect: new PostgresDialect({ pool }) });

/** Two connections: transactions of one process overlap, too. */
async function write(from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += PER_TRANSACTION) {
    const numbers = Array.from({ length: Math.min(PER_TRANSACTION, to - first) }, (_, index) => first + index);
    await db.transaction().execute((trx) =>
      recordEntries(
        trx,
        numbers.map((number) => ({
          action: "test.write",
          actor: { accountId: Number(writer), label: `writer ${writer}`, credentialKind: "pat", credentialId: "p" },
          subject: { kind: "test", id: `${writer}-${number}` },
          about: [number % 100],
          details: { number },
        })),
      ),
    );
  }
}

const middle = Math.floor(Number(entries) / 2);
await Promise.all([write(0, middle), write(middle, Number(entries))]);
await pool.end();
