import type { FastifyPluginAsync } from "fastify";
import type { AccountPart } from "../accounts/accounts.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import { accountPart } from "./account-part.ts";
import { linkRoutes } from "./admin-api/link-routes.ts";
import { adminServerRoutes } from "./admin-api/server-routes.ts";
import { openHubClient } from "./client/open-client.ts";
import type { HubContext, HubNeeds } from "./context.ts";
import { contractRoutes } from "./contract/routes.ts";
import { createCallLog } from "./health/call-log.ts";
import { createCallMetrics } from "./health/call-metrics.ts";
import { hubHealth } from "./health/health-check.ts";
import { createProbe } from "./health/probe.ts";
import { scheduleThin, thinKind } from "./health/thin.ts";
import { launchKind } from "./launch/launch-operation.ts";
import { launchRoutes } from "./own-api/launch-routes.ts";
import { serverRoutes } from "./own-api/server-routes.ts";
import { tokenRoutes } from "./own-api/token-routes.ts";
import { createStopper } from "./servers/stops.ts";
import { createServerUpkeep } from "./servers/upkeep.ts";
import type { HubTables } from "./tables.ts";
import { createTokenUpkeep } from "./tokens/upkeep.ts";
import { createUserMaker } from "./users/background.ts";
import { linkManyKind } from "./users/link-many.ts";
import { createHubStatuses } from "./users/status.ts";
import { createWhoseToken } from "./users/whose-token.ts";

export interface Hub {
  readonly routes: FastifyPluginAsync;
  /** What is kept here of a person, and the user at the hub that everybody new is to have. */
  readonly accountPart: AccountPart;
  /** Whether the hub is there, and people can start servers; nothing where none is configured. */
  readonly health: HealthChecks;
  /** Whose a token of the hub's is; null: nobody's. @throws StoaError where the hub can't say */
  whoseToken(token: string): Promise<number | null>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** JupyterHub: whose its users are, launches, servers, tokens, health. */
export function createHub(platform: Platform, needs: HubNeeds): Hub {
  const db = platform.db.withTables<HubTables>();
  const log = createCallLog({ platform, db });
  const count = createCallMetrics(platform.metrics);
  const client = openHubClient(platform, (record) => {
    log.note(record);
    count(record);
  });
  const probe = client === null ? null : createProbe(client);
  const context: HubContext = { platform, db, client, ...needs };
  const statuses = createHubStatuses(context);
  const tokens = createWhoseToken(context);
  const users = createUserMaker(context);
  const stopper = createStopper(context);
  const upkeep = client === null ? null : createServerUpkeep({ ...context, client }, stopper);
  const tokenUpkeep = createTokenUpkeep(context);
  const kinds = [launchKind(context, stopper.wake), linkManyKind(context), thinKind(context)];
  for (const kind of kinds) platform.operations.register(kind);
  scheduleThin(context);
  return {
    routes: async (app) => {
      await app.register(contractRoutes(context, statuses));
      await app.register(launchRoutes(context, statuses));
      await app.register(serverRoutes(context, statuses));
      await app.register(tokenRoutes(context));
      await app.register(linkRoutes(context, statuses));
      await app.register(adminServerRoutes(context, { probe, flush: log.flush, stopWished: stopper.wake }));
    },
    accountPart: accountPart(context),
    health: hubHealth(context, probe),
    whoseToken: tokens.of,
    async start() {
      statuses.start();
      log.start();
      if (client === null) return;
      users.start();
      upkeep?.start();
      tokenUpkeep.start();
    },
    async stop() {
      statuses.stop();
      await Promise.all([users.stop(), upkeep?.stop(), tokenUpkeep.stop()]);
      await log.stop();
      await Promise.all([client?.close(), tokens.close()]);
    },
  };
}
