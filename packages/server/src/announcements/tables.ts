import type { Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables } from "../platform/database/database.ts";

/** Migration 0021. */
export type AnnouncementTables = {
  announcements: {
    id: Generated<number>;
    title: string;
    /** Simple Markdown. */
    text: string;
    /** Empty: the other language's stands in for it. */
    title_fa: string;
    text_fa: string;
    kind: "info" | "warning";
    audience: "everyone" | "admins" | "group";
    group_id: number | null;
    /** Also to people who have not signed in. */
    public: boolean;
    dismissible: boolean;
    starts_at: Date;
    /** Null: until somebody ends it. */
    ends_at: Date | null;
    version: Generated<number>;
    created_by: number | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
    deleted_at: Date | null;
  };
  announcement_dismissals: {
    announcement_id: number;
    account_id: number;
    dismissed_at: Generated<Date>;
  };
  /** One row at most. */
  maintenance: {
    single: Generated<boolean>;
    message: string;
    message_fa: string;
    starts_at: Date;
    ends_at: Date | null;
    /** Ended or called off. */
    over: boolean;
    version: Generated<number>;
    changed_by: number | null;
    changed_at: Generated<Date>;
  };
};

export type AnnouncementsDb = Kysely<PlatformTables & AnnouncementTables>;
export type AnnouncementsTrx = Transaction<PlatformTables & AnnouncementTables>;
export type AnnouncementRow = Selectable<AnnouncementTables["announcements"]>;
export type MaintenanceRow = Selectable<AnnouncementTables["maintenance"]>;
