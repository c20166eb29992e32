import { sql } from "kysely";
import type { Trx } from "../database/database.ts";
import type { SecretBox } from "../secrets/contract.ts";
import type { MailRow, MailTables } from "./tables.ts";

const PURPOSE = "mail.text";

/** One-time links stand in mails: their hashes elsewhere would be worth nothing beside a readable copy here. */
export function sealText(secrets: Pick<SecretBox, "seal">, text: string): string {
  return secrets.seal(PURPOSE, text);
}

/** What a mail says; null once it was sent, or what it says is over. */
export function openText(
  secrets: Pick<SecretBox, "open">,
  { body_sealed: sealed, expires_at: expiresAt }: Pick<MailRow, "body_sealed" | "expires_at">,
): string | null {
  if (sealed === null || isOver(expiresAt)) return null;
  return secrets.open(PURPOSE, sealed).toString();
}

export function isOver(expiresAt: Date | null): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}

/** Forgets the texts whose links are over. Two at once don't wait for each other. */
export async function forgetOver(trx: Trx): Promise<void> {
  const over = sql<number>`(select id from mails where body_sealed is not null and expires_at <= now()
    limit 1000 for update skip locked)`;
  await trx.withTables<MailTables>().updateTable("mails").set({ body_sealed: null }).where("id", "in", over).execute();
}
