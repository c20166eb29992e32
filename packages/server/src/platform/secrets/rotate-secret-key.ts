import { randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { StartError } from "../errors/start-error.ts";
import type { SecretBox } from "./contract.ts";
import { replaceFingerprint } from "./instance-fingerprint.ts";
import { replaceKeyFile, writeDurably } from "./key-file.ts";
import { createSecretBox } from "./secret-box.ts";

/** A column that holds sealed texts; null ones are left. A domain with secrets to read back lists its own. */
export interface SealedColumn {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly purpose: string;
}

/**
 * Seals everything anew with a new key, in one transaction, while no server runs. Killed at any point,
 * the next start finds the key that fits: the new one is written beside the old before the commit, and
 * takes its place after.
 * @param file the key file; null: the key is configured, and the operator sets the returned one
 * @returns the new key, and how many texts were sealed anew
 * @throws StartError when another key's secrets are in the database
 */
export async function rotateSecretKey<T>(options: {
  readonly db: Kysely<T>;
  readonly current: SecretBox;
  readonly file: string | null;
  readonly columns: readonly SealedColumn[];
}): Promise<{ readonly key: string; readonly resealed: number }> {
  const { db, current, file, columns } = options;
  const key = randomBytes(48).toString("base64url");
  const next = createSecretBox(key);
  if (file !== null) await writeDurably(`${file}.new`, key);
  const resealed = await db.transaction().execute(async (trx) => {
    if (!(await replaceFingerprint(trx, current.fingerprint, next.fingerprint))) throw otherKey(current);
    let count = 0;
    for (const column of columns) count += await resealColumn(trx, column, current, next);
    return count;
  });
  if (file !== null) await replaceKeyFile(`${file}.new`, file);
  return { key, resealed };
}

async function resealColumn<T>(
  trx: Kysely<T>,
  { table, key, column, purpose }: SealedColumn,
  current: SecretBox,
  next: SecretBox,
): Promise<number> {
  const target = { table: sql.table(table), key: sql.ref(key), column: sql.ref(column) };
  const { rows } = await sql<{ id: unknown; sealed: string }>`
    select ${target.key} as id, ${target.column} as sealed from ${target.table}
    where ${target.column} is not null for update`.execute(trx);
  for (const { id, sealed } of rows) {
    const renewed = next.seal(purpose, current.open(purpose, sealed));
    await sql`update ${target.table} set ${target.column} = ${renewed} where ${target.key} = ${id}`.execute(trx);
  }
  return rows.length;
}

function otherKey(current: SecretBox): StartError {
  return new StartError(
    `The key at hand (${current.fingerprint}) is not the one of this database.`,
    "Stop the servers, give the key they use, and try again.",
  );
}
