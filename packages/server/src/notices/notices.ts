import type { FastifyPluginAsync } from "fastify";
import type { Trx } from "../platform/database/database.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import { accountPart } from "./account-part.ts";
import type { NoticePeople, NoticesContext } from "./context.ts";
import { createDelivery } from "./delivery.ts";
import { createHealthWatch } from "./health-watch.ts";
import { noticeRoutes } from "./routes.ts";
import type { NoticeTables } from "./tables.ts";
import { type Notice, tell } from "./tell.ts";
import { digestKind, scheduleTidy, thinKind } from "./tidy.ts";

export type { NoticePeople } from "./context.ts";
export type { NoticeKind } from "./kinds.ts";
export type { Notice } from "./tell.ts";
export { tell } from "./tell.ts";

type WithoutReceivers<N> = N extends unknown ? Omit<N, "to"> : never;

export interface Notices {
  readonly routes: FastifyPluginAsync;
  /** What is kept here of a person, for the export of their data and the deletion of their account. */
  readonly accountPart: ReturnType<typeof accountPart>;
  /** Tells every administrator, in the caller's transaction; otherwise as `tell`. */
  tellAdmins(trx: Trx, notice: WithoutReceivers<Notice>): Promise<void>;
  /** Hands the mails that are due now to the platform, as the background does. @returns how many */
  deliver(): Promise<number>;
  /** From the start on looks after these, and tells administrators what is out of order. Before the start. */
  watchHealth(groups: Readonly<Record<string, HealthChecks>>): void;
  start(): void;
  stop(): Promise<void>;
}

/**
 * What people are told of that concerns them and happened without their doing: a row for each, a bell in the portal,
 * and mail by choice. Domains call `tell` in their transactions; this knows none of them.
 */
export function createNotices(platform: Platform, people: NoticePeople): Notices {
  const context: NoticesContext = { platform, db: platform.db.withTables<NoticeTables>(), people };
  for (const kind of [digestKind(context), thinKind(context)]) platform.operations.register(kind);
  scheduleTidy(context);
  const delivery = createDelivery(context);
  const tellAdmins: Notices["tellAdmins"] = async (trx, notice) =>
    tell(trx, { ...notice, to: await people.admins(trx) } as Notice);
  let watch: ReturnType<typeof createHealthWatch> | null = null;
  return {
    routes: noticeRoutes(context),
    accountPart: accountPart(context),
    tellAdmins,
    deliver: delivery.drain,
    watchHealth(groups) {
      watch = createHealthWatch(platform, tellAdmins, groups);
    },
    start() {
      delivery.start();
      watch?.start();
    },
    async stop() {
      watch?.stop();
      await delivery.stop();
    },
  };
}
