import type { FastifyPluginAsync } from "fastify";
import type { Accounts } from "../accounts/accounts.ts";
import type { Hold } from "../platform/http/guard.ts";
import type { Platform } from "../platform/platform.ts";
import type { AnnouncementsContext } from "./context.ts";
import { createMaintenance } from "./maintenance/maintenance.ts";
import { maintenanceRoutes } from "./maintenance/routes.ts";
import { announcementRoutes } from "./routes.ts";
import type { AnnouncementTables } from "./tables.ts";

/** What administrators tell everybody, and the times in which nothing is changed. */
export interface Announcements {
  readonly routes: FastifyPluginAsync;
  /** For every request: writes wait while a maintenance is on. */
  readonly hold: Hold;
  /** Learns of a maintenance that is on. Before listening. */
  start(): Promise<void>;
  stop(): void;
}

export function createAnnouncements(platform: Platform, accounts: Pick<Accounts, "byIds" | "groups">): Announcements {
  const context: AnnouncementsContext = {
    platform,
    db: platform.db.withTables<AnnouncementTables>(),
    people: accounts,
  };
  const maintenance = createMaintenance(context);
  return {
    routes: async (app) => {
      await app.register(announcementRoutes(context, maintenance));
      await app.register(maintenanceRoutes(context, maintenance));
    },
    hold: maintenance.hold,
    start: () => maintenance.start(),
    stop: () => maintenance.stop(),
  };
}
