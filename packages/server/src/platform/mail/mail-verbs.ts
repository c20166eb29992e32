import type { FastifyRequest } from "fastify";
import { entryBy } from "../audit/entry-by.ts";
import type { Trx } from "../database/database.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { Platform } from "../platform.ts";
import { isOver } from "./mail-text.ts";
import type { MailRow, MailTables } from "./tables.ts";

type Parts = Pick<Platform, "db" | "audit" | "mail" | "operations">;

/**
 * Sends once more what failed, or was kept while there was no mail server.
 * @throws StoaError not_found, conflict (there is no mail server; it was sent, is on its way, or is over)
 */
export async function resendMail({ db, audit, mail, operations }: Parts, id: number, request: FastifyRequest) {
  if (!mail.delivers) throw conflict("There is no mail server: STOA_SMTP_URL sets one up");
  await db.transaction().execute(async (trx) => {
    const row = await lockLeft(trx, id);
    if (row.body_sealed === null || isOver(row.expires_at)) throw conflict("What it says is over. Ask for it anew");
    const state = { state: "queued", last_error: null } as const;
    await trx.withTables<MailTables>().updateTable("mails").set(state).where("id", "=", id).execute();
    await operations.enqueue(trx, {
      kind: "mail.send",
      subject: { kind: "mail", id: String(id) },
      actor: { accountId: request.principal?.accountId ?? null, label: request.principal?.label ?? "nobody" },
      input: { mail_id: id },
    });
    await audit.record(trx, { ...entryBy(request), action: "mail.resend", subject: subjectOf(row), about: [] });
  });
}

/** For good, with what it says. @throws StoaError not_found, conflict (it is on its way, or was sent) */
export async function discardMail({ db, audit }: Parts, id: number, request: FastifyRequest): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await lockLeft(trx, id);
    await trx.withTables<MailTables>().deleteFrom("mails").where("id", "=", id).execute();
    await audit.record(trx, { ...entryBy(request), action: "mail.discard", subject: subjectOf(row), about: [] });
  });
}

/** A mail that says nothing, to see whether mails arrive; kept like all others where there is no mail server. */
export async function sendTestMail({ db, audit, mail }: Parts, to: string, request: FastifyRequest): Promise<void> {
  const isPersian = request.locale === "fa";
  await db.transaction().execute(async (trx) => {
    await mail.send(trx, {
      to,
      locale: request.locale,
      subject: isPersian ? "ایمیل آزمایشی استوآ" : "A test mail of Stoa",
      text: isPersian
        ? "اگر این را می‌خوانید، ایمیل‌های استوآ به شما می‌رسند."
        : "If you read this, Stoa's mails reach you.",
    });
    const subject = { kind: "mail", id: "test", label: to };
    await audit.record(trx, { ...entryBy(request), action: "mail.test", subject, about: [] });
  });
}

/** One that is neither sent nor on its way, locked until the transaction ends. */
async function lockLeft(trx: Trx, id: number): Promise<MailRow> {
  const found = trx.withTables<MailTables>().selectFrom("mails").selectAll().where("id", "=", id).forUpdate();
  const row = await found.executeTakeFirst();
  if (row === undefined) throw new StoaError("not_found", { details: { what: "mail" } });
  if (row.state === "queued" || row.state === "sent") throw conflict("It was sent, or is on its way");
  return row;
}

const subjectOf = ({ id, recipient }: MailRow) => ({ kind: "mail", id: String(id), label: recipient });

function conflict(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
