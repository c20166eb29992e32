import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";
import type { MailChoice } from "./kinds.ts";

/** Written as text that is JSON already. */
type JsonColumn<T> = ColumnType<T, string, never>;

/** What a notice's sentence is made of: names, figures, ISO times. */
export type Said = Readonly<Record<string, string | number | boolean | null>>;

export type NoticeTables = {
  notices: {
    id: ColumnType<number, never, never>;
    account_id: number;
    kind: string;
    /** What happened, once. */
    key: string;
    subject_kind: string;
    subject_id: string;
    said: JsonColumn<Said>;
    /** Not: it goes by mail only. */
    shown: boolean;
    mail: "none" | "due" | "digest" | "sent";
    created_at: Generated<Date>;
    read_at: Date | null;
  };
  notice_preferences: {
    account_id: number;
    kind: string;
    shown: boolean;
    mail: MailChoice;
  };
};

export type NoticeRow = Selectable<NoticeTables["notices"]>;
export type NoticesDb = Kysely<PlatformTables & NoticeTables>;
export type NoticesTrx = Transaction<PlatformTables & NoticeTables>;

/** The same transaction, seen with this domain's tables. */
export function widen(trx: Pick<Trx, "withTables">): NoticesTrx {
  return trx.withTables<NoticeTables>() as NoticesTrx;
}
