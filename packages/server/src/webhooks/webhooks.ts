import type { FastifyPluginAsync } from "fastify";
import type { AccountPart } from "../accounts/accounts.ts";
import type { Platform } from "../platform/platform.ts";
import { accountPart } from "./account-part.ts";
import { createBackground } from "./background.ts";
import type { WebhookPeople, WebhooksContext } from "./context.ts";
import { deliveryRoutes } from "./deliveries/routes.ts";
import { scheduleThin, thinKind } from "./deliveries/thin.ts";
import { adminBase, adminEndpointRoutes } from "./endpoints/admin-routes.ts";
import { base, endpointRoutes } from "./endpoints/routes.ts";
import { createTargets } from "./endpoints/targets.ts";
import { policies } from "./policy.ts";
import type { WebhookTables } from "./tables.ts";

export type { WebhookPeople } from "./context.ts";

export interface Webhooks {
  readonly routes: FastifyPluginAsync;
  /** What is kept here of a person, for the export of their data and the deletion of their account. */
  readonly accountPart: AccountPart;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Signed, retried notices of what happened, to endpoints that administrators and people name. The platform's outbox is
 * read for them into deliveries (`events/`); deliveries are sent until they arrive or are given up (`deliveries/`).
 */
export function createWebhooks(platform: Platform, people: WebhookPeople): Webhooks {
  const db = platform.db.withTables<WebhookTables>();
  const targets = createTargets(platform.config);
  const context: WebhooksContext = { platform, db, people, targets, now: () => new Date() };
  const background = createBackground(context);
  platform.operations.register(thinKind(context));
  scheduleThin(context);
  const { adminRead, adminPing, adminReplay } = policies;
  const own = { base, reach: "own", policies } as const;
  const all = {
    base: adminBase,
    reach: "everybody",
    policies: { read: adminRead, ping: adminPing, replay: adminReplay },
  } as const;
  return {
    async routes(app) {
      await app.register(endpointRoutes(context));
      await app.register(deliveryRoutes(context, own, background.wake));
      await app.register(adminEndpointRoutes(context));
      await app.register(deliveryRoutes(context, all, background.wake));
    },
    accountPart: accountPart(context),
    start: background.start,
    stop: background.stop,
  };
}
