import type { SealedColumn } from "./platform/secrets/rotate-secret-key.ts";

/** Everything that is kept sealed with the secret key: what `stoa secret rotate` seals anew. A test finds what is missing. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: "signing_keys", key: "kid", column: "private_sealed", purpose: "accounts.signing-key" },
  { table: "accounts", key: "id", column: "one_time_password", purpose: "accounts.one-time-password" },
  { table: "mails", key: "id", column: "body_sealed", purpose: "mail.text" },
  { table: "webhook_secrets", key: "id", column: "sealed", purpose: "webhooks.secret" },
  { table: "second_factors", key: "account_id", column: "secret_sealed", purpose: "accounts.second-factor" },
];
