import type { Generated, Selectable } from "kysely";

/** Mails that wait, were sent, or are kept for the admin (migrations 0002 and 0007). */
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
  };
};

export type MailRow = Selectable<MailTables["mails"]>;
