import { access } from "node:fs/promises";
import type { Config } from "@stoa/server/config/schema.ts";
import type { SecretBox } from "@stoa/server/platform/secrets/contract.ts";
import { readKeyFile } from "@stoa/server/platform/secrets/key-file.ts";
import { ownKeyFile } from "@stoa/server/platform/secrets/open-secret-box.ts";
import { createSecretBox } from "@stoa/server/platform/secrets/secret-box.ts";

type KeyConfig = Pick<Config, "secretKey" | "dataDir">;

/** The file that holds the secret key, or would; null when the key itself is configured. */
export function secretKeyFile(config: KeyConfig): string | null {
  return config.secretKey.value === null ? (config.secretKey.file ?? ownKeyFile(config)) : null;
}

/** The same, when it is there. */
export async function presentKeyFile(config: KeyConfig): Promise<string | null> {
  const file = secretKeyFile(config);
  const present =
    file !== null &&
    (await access(file).then(
      () => true,
      () => false,
    ));
  return present ? file : null;
}

/** The key that is here now; null when there is none yet. Makes none. */
export async function presentSecretBox(config: KeyConfig): Promise<SecretBox | null> {
  const file = secretKeyFile(config);
  const key = config.secretKey.value ?? (file === null ? null : await readKeyFile(file));
  return key === null ? null : createSecretBox(key);
}

/** What backups are sealed with; null without a key. */
export async function backupSealKey(config: KeyConfig): Promise<Buffer | null> {
  return (await presentSecretBox(config))?.derive("backup") ?? null;
}
