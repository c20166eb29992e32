import type { Trx } from "../database/database.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text; the HTML part is made from it. */
  readonly text: string;
  readonly locale: "en" | "fa";
}

export interface Mailer {
  /** False without SMTP: mails are kept and shown to the admin. */
  readonly delivers: boolean;
  /** Queues in the caller's transaction; sent in the background with retries. */
  send(trx: Trx, mail: Mail): Promise<void>;
}
