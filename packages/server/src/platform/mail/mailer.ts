import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import type { Db, Trx } from "../database/database.ts";
import type { Operations } from "../operations/contract.ts";
import type { SecretBox } from "../secrets/contract.ts";
import type { Mail, Mailer } from "./contract.ts";
import { createDelivery } from "./delivery.ts";
import { forgetOver, sealText } from "./mail-text.ts";
import type { MailTables } from "./tables.ts";

export interface MailerOptions {
  readonly config: Pick<Config, "mail">;
  readonly db: Db;
  readonly log: Logger;
  readonly operations: Pick<Operations, "register" | "enqueue">;
  readonly secrets: Pick<SecretBox, "seal" | "open">;
  /** In the transaction that keeps a mail for want of a mail server. */
  readonly onKept?: (trx: Trx, mail: Mail) => Promise<void>;
}

/**
 * Mails are rows, written in the transaction that causes them. With SMTP an operation sends each, with
 * retries; without it they are kept, and an admin can read them (`GET /api/stoa/v1/mails/{id}`).
 */
export function createMailer({ config, db, log, operations, secrets, onKept }: MailerOptions): Mailer {
  const { smtpUrl } = config.mail;
  if (smtpUrl !== null)
    operations.register(createDelivery({ db, log, secrets, smtpUrl, from: () => config.mail.from }));
  return {
    delivers: smtpUrl !== null,
    async send(trx, mail) {
      // Somebody who has no address: nothing to send, and nothing to keep.
      if (!mail.to.includes("@")) return;
      await forgetOver(trx);
      const id = await keep(trx, mail, sealText(secrets, mail.text), smtpUrl === null ? "kept" : "queued");
      if (smtpUrl === null) return onKept?.(trx, mail);
      await operations.enqueue(trx, {
        kind: "mail.send",
        subject: { kind: "mail", id: String(id) },
        actor: { accountId: null, label: "Stoa" },
        // The text stays in its own table: an operation's input can be read by more people.
        input: { mail_id: id },
      });
    },
  };
}

async function keep(trx: Trx, mail: Mail, sealed: string, state: "kept" | "queued"): Promise<number> {
  const { id } = await trx
    .withTables<MailTables>()
    .insertInto("mails")
    .values({
      recipient: mail.to,
      subject: mail.subject,
      body_sealed: sealed,
      locale: mail.locale,
      state,
      expires_at: mail.expiresAt ?? null,
      account_id: mail.accountId ?? null,
      to_forget: mail.forget ?? false,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
