import { stat } from "node:fs/promises";
import type { Config } from "@stoa/server/config/schema.ts";
import { type Check, fail, ok, warn } from "@stoa/server/platform/database/doctor/check.ts";
import type { OpenDatabase } from "@stoa/server/platform/database/open-database.ts";
import { presentSecretBox, secretKeyFile } from "../secret-key.ts";

const NAME = "secret key";

/** Is the key here, is it the one of this database, and can nobody else read it? */
export async function secretKeyCheck(config: Config, { pool }: OpenDatabase): Promise<Check> {
  const { rows } = await pool
    .query<{ value: string }>("select value from instance where name = 'secret_key_fingerprint'")
    .catch(() => ({ rows: [] }));
  const known = rows[0]?.value ?? null;
  const file = secretKeyFile(config);
  const box = await presentSecretBox(config);
  if (box === null) {
    if (known === null) return ok(NAME, "not there yet: the first start makes it");
    return fail(NAME, `${file} is missing (the database wants ${known})`, "Put it back from a backup or a copy.");
  }
  if (known !== null && known !== box.fingerprint) {
    const fix = "Put the right one in place: STOA_SECRET_KEY, STOA_SECRET_KEY_FILE, or the file in the data directory.";
    return fail(NAME, `${box.fingerprint} is not the database's (${known})`, fix);
  }
  return permissions(file, box.fingerprint);
}

async function permissions(file: string | null, fingerprint: string): Promise<Check> {
  const mode = file === null ? 0o600 : (await stat(file)).mode & 0o777;
  if ((mode & 0o077) === 0) return ok(NAME, fingerprint);
  return warn(NAME, `${file} can be read by other accounts (${mode.toString(8)})`, `chmod 600 ${file}`);
}
