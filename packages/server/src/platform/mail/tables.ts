import type { Generated, Selectable } from "kysely";

/** Mails that wait, were sent, or are kept for the admin (migrations 0002, 0007 and 0015). */
export type MailTables = {
  mails: {
    id: Generated<number>;
    recipient: string;
    subject: string;
    /** Null once it was sent, or is over (`mail-text.ts`). */
    body_sealed: string | null;
    locale: "en" | "fa";
    state: "queued" | "sent" | "kept" | "failed";
    attempts: Generated<number>;
    last_error: Generated<string | null>;
    created_at: Generated<Date>;
    due_at: Generated<Date>;
    sent_at: Generated<Date | null>;
    expires_at: Generated<Date | null>;
    /** Whose it is, whatever their address was; null: unknown. */
    account_id: Generated<number | null>;
    /** It goes once it needs not be sent any more. */
    to_forget: Generated<boolean>;
  };
};

export type MailRow = Selectable<MailTables["mails"]>;
