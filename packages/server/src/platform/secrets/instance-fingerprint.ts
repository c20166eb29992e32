import { type Kysely, sql } from "kysely";

const name = "secret_key_fingerprint";

/** The fingerprint this database's secrets were sealed with; the given one becomes it when there is none yet. */
export async function rememberedFingerprint<T>(db: Kysely<T>, ours: string): Promise<string> {
  await sql`insert into instance (name, value) values (${name}, ${ours}) on conflict (name) do nothing`.execute(db);
  const { rows } = await sql<{ value: string }>`select value from instance where name = ${name}`.execute(db);
  return rows[0]?.value ?? ours;
}

export async function replaceFingerprint<T>(db: Kysely<T>, from: string, to: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update instance set value = ${to}, changed_at = now() where name = ${name} and value = ${from}`.execute(db);
  return numAffectedRows === 1n;
}
