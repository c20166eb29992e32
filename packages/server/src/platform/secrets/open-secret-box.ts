import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import path from "node:path";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import { StartError } from "../errors/start-error.ts";
import type { SecretBox } from "./contract.ts";
import { rememberedFingerprint } from "./instance-fingerprint.ts";
import { checkedKey, readKeyFile, replaceKeyFile, writeKeyFile } from "./key-file.ts";
import { createSecretBox } from "./secret-box.ts";

export interface SecretBoxOptions<T> {
  readonly config: Pick<Config, "secretKey" | "dataDir">;
  readonly db: Kysely<T>;
  readonly log: Logger;
  /** A key that a rotation has prepared, and what makes it the key from now on; where another process has the files. */
  readonly prepared?: { readonly key: string; readonly adopt: () => void } | null;
}

/** Where the key is made when none is configured. */
export function ownKeyFile(config: Pick<Config, "dataDir">): string {
  return path.join(config.dataDir, "keys", "secret.key");
}

/**
 * Opens the secrets with the configured key, or the data directory's own (made at the first start).
 * @throws StartError when the key is not the one that this database's secrets were sealed with
 */
export async function openSecretBox<T>({ config, db, log, prepared = null }: SecretBoxOptions<T>): Promise<SecretBox> {
  const configured = config.secretKey.value !== null || config.secretKey.file !== null;
  const file = config.secretKey.file ?? ownKeyFile(config);
  const box = createSecretBox(configured ? await configuredKey(config) : await ownKey(file, log));
  const known = await rememberedFingerprint(db, box.fingerprint);
  if (known === box.fingerprint) return box;
  const rotated = configured ? takePrepared(prepared, known) : await finishRotation(file, known);
  if (rotated !== null) return rotated;
  throw new StartError(
    `This database's secrets were sealed with another secret key (${known}; the present one is ${box.fingerprint}).`,
    `Give the key it had by STOA_SECRET_KEY or STOA_SECRET_KEY_FILE, or put it back to ${file}. A backup says whether it holds the key.`,
  );
}

function takePrepared(prepared: SecretBoxOptions<unknown>["prepared"], known: string): SecretBox | null {
  if (!prepared) return null;
  const box = createSecretBox(prepared.key);
  if (box.fingerprint !== known) return null;
  prepared.adopt();
  return box;
}

/**
 * What a server needs that can't come to the files itself: the key, made at the first start, and the one that an
 * interrupted rotation has prepared beside it.
 */
export async function readSecretKeys(
  config: Pick<Config, "secretKey" | "dataDir">,
  log: Logger,
): Promise<{ readonly key: string; readonly prepared: string | null }> {
  if (config.secretKey.value !== null || config.secretKey.file !== null) {
    return { key: await configuredKey(config), prepared: null };
  }
  const file = ownKeyFile(config);
  return { key: await ownKey(file, log), prepared: await readKeyFile(`${file}.new`) };
}

/** Puts the prepared key in the place of the old one. */
export async function adoptPreparedKey(config: Pick<Config, "dataDir">): Promise<void> {
  const file = ownKeyFile(config);
  await replaceKeyFile(`${file}.new`, file);
}

async function configuredKey({ secretKey }: Pick<Config, "secretKey">): Promise<string> {
  if (secretKey.value !== null) return checkedKey(secretKey.value, "STOA_SECRET_KEY");
  const key = secretKey.file === null ? null : await readKeyFile(secretKey.file);
  if (key !== null) return key;
  throw new StartError(
    `There is no secret key at ${secretKey.file}.`,
    "Put it there, or leave STOA_SECRET_KEY_FILE out.",
  );
}

async function ownKey(file: string, log: Logger): Promise<string> {
  const known = await readKeyFile(file);
  if (known !== null) return known;
  await writeKeyFile(file, randomBytes(48).toString("base64url"));
  log.info({ file }, "made the secret key; keep a copy of it apart from the database");
  const made = await readKeyFile(file);
  if (made === null)
    throw new StartError(`The secret key ${file} could not be written.`, "See that the disk has room.");
  return made;
}

/** A rotation that was killed after its commit: the new key lies beside the old one. */
async function finishRotation(file: string, known: string): Promise<SecretBox | null> {
  const prepared = `${file}.new`;
  const exists = await access(prepared).then(
    () => true,
    () => false,
  );
  const key = exists ? await readKeyFile(prepared) : null;
  if (key === null || createSecretBox(key).fingerprint !== known) return null;
  await replaceKeyFile(prepared, file);
  return createSecretBox(key);
}
