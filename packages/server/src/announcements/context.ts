import type { Accounts } from "../accounts/accounts.ts";
import type { Platform } from "../platform/platform.ts";
import type { AnnouncementsDb } from "./tables.ts";

/** What every part of this domain is a function of. */
export interface AnnouncementsContext {
  readonly platform: Pick<Platform, "events" | "audit" | "log">;
  readonly db: AnnouncementsDb;
  readonly people: Pick<Accounts, "byIds" | "groups">;
}

/** Events of both make the same answer old: what stands above every page. */
export const ANNOUNCEMENT_CHANGED = "announcement.changed";
export const MAINTENANCE_CHANGED = "maintenance.changed";
