import type { Transporter } from "nodemailer";
import type { Logger } from "pino";
import type { Db, Trx } from "../database/database.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun } from "../operations/contract.ts";
import type { SecretBox } from "../secrets/contract.ts";
import { mailHtml } from "./mail-html.ts";
import { openText } from "./mail-text.ts";
import type { MailRow, MailTables } from "./tables.ts";

export interface DeliveryOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly secrets: Pick<SecretBox, "open">;
  readonly smtpUrl: string;
  /** As it is when a mail leaves: it may be changed while the server runs. */
  readonly from: () => string;
}

const smtpTimeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/**
 * Sends one mail. A crash between the sending and the note of it sends it twice: the Message-ID is the
 * same, so that mailboxes fold the copies.
 */
export function createDelivery({ db, log, secrets, smtpUrl, from }: DeliveryOptions): OperationKind {
  let made: Promise<Transporter> | undefined;
  // A tenth of what a start would load.
  const transport = (): Promise<Transporter> =>
    (made ??= import("nodemailer").then(({ createTransport }) => createTransport({ url: smtpUrl, ...smtpTimeouts })));
  const mails = db.withTables<MailTables>();

  async function run(run: OperationRun): Promise<JsonObject> {
    const id = mailId(run);
    const mail = await mails.selectFrom("mails").selectAll().where("id", "=", id).executeTakeFirst();
    if (mail === undefined || mail.state !== "queued") return { sent: false };
    const text = openText(secrets, mail);
    if (text === null) throw new StoaError("gone", { message: "Not sent in time: its one-time link is over." });
    const mailer = await transport();
    await mailer.sendMail(message(mail, text)).catch((error: unknown) => {
      throw asRefusal(error);
    });
    // Without the address: this history outlives an account, its mails don't.
    await run.step("Sent.", async (trx) => {
      await trx
        .withTables<MailTables>()
        .updateTable("mails")
        .set({ state: "sent", sent_at: new Date(), attempts: run.attempt, last_error: null, body_sealed: null })
        .where("id", "=", id)
        .execute();
      await forget(trx, id);
    });
    return { sent: true };
  }

  function message(mail: MailRow, text: string) {
    const sender = from();
    const domain = /@([\w.-]+)/.exec(sender)?.[1] ?? "localhost";
    return {
      from: sender,
      to: { name: "", address: mail.recipient },
      subject: mail.subject,
      text,
      html: mailHtml({ text, locale: mail.locale }),
      messageId: `<stoa-mail-${mail.id}-${mail.created_at.getTime()}@${domain}>`,
      headers: { "Auto-Submitted": "auto-generated", "Content-Language": mail.locale },
    };
  }

  return {
    kind: "mail.send",
    attempts: 6,
    heartbeatSeconds: 60,
    expireSeconds: 120,
    concurrency: 2,
    // One that failed may be begun anew here and sent once more there: the second then finds it sent.
    exclusive: true,
    run,
    async settle(run) {
      log.warn({ mail: mailId(run) }, "a mail could not be sent; it is kept for the admin");
      await run.step(null, async (trx) => {
        await trx
          .withTables<MailTables>()
          .updateTable("mails")
          .set({ state: "failed", attempts: run.attempt, last_error: run.operation.error?.message ?? null })
          .where("id", "=", mailId(run))
          .where("state", "=", "queued")
          .execute();
        await forget(trx, mailId(run));
      });
    },
  };
}

/** Its account was deleted while it waited, or it told of that. */
async function forget(trx: Trx, id: number): Promise<void> {
  const mails = trx.withTables<MailTables>().deleteFrom("mails");
  await mails.where("id", "=", id).where("to_forget", "=", true).execute();
}

function mailId(run: OperationRun): number {
  const id = run.operation.input.mail_id;
  if (typeof id !== "number") throw new StoaError("unprocessable", { message: "The operation names no mail." });
  return id;
}

/** A refusal for good (5xx of SMTP) is not tried again; a mail server that is away is. */
function asRefusal(error: unknown): StoaError {
  const code = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
  const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
  if (code >= 500)
    return new StoaError("unprocessable", { message: `The mail server refused it: ${reason}`, cause: error });
  return new StoaError("upstream_failed", { message: `The mail server did not take it: ${reason}`, cause: error });
}
