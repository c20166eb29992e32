import type { Trx } from "../database/database.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text; the HTML part is made from it. */
  readonly text: string;
  readonly locale: "en" | "fa";
  /** When what it says is over, as its one-time link is: it is neither sent nor shown later. Left out: never. */
  readonly expiresAt?: Date;
  /** Whose it is: their export lists it, and it goes with their account. Left out: nobody's. */
  readonly accountId?: number;
  /** Nothing is kept of it once it was sent, or could not be: its account is gone. */
  readonly forget?: true;
}

export interface Mailer {
  /** False without SMTP: mails are kept and shown to the admin. */
  readonly delivers: boolean;
  /** Queues in the caller's transaction; sent in the background with retries. */
  send(trx: Trx, mail: Mail): Promise<void>;
}
