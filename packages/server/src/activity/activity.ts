import type { FastifyPluginAsync } from "fastify";
import type { Authenticator } from "../platform/http/authenticator.ts";
import type { Platform } from "../platform/platform.ts";
import { accountPart } from "./account-part.ts";
import type { ActivityContext, ActivityPeople } from "./context.ts";
import { contractAdminRoutes } from "./contract/admin-routes.ts";
import { contractRoutes } from "./contract/routes.ts";
import { eraseKind } from "./erase/erase.ts";
import { type ActivityStats, statsOf } from "./figures/stats.ts";
import type { WhoseHubToken } from "./hub-answers.ts";
import { acceptHubTokens } from "./hub-tokens.ts";
import { ingestRoutes } from "./ingest/routes.ts";
import { turnsBeside } from "./ingest/turns.ts";
import { createMonths } from "./months/months.ts";
import { makeAhead, scheduleUpkeep, upkeepKind } from "./months/upkeep.ts";
import { ownAdminRoutes } from "./own-api/admin-routes.ts";
import { ownRoutes } from "./own-api/routes.ts";
import { searchIndexOf } from "./search/search-index.ts";
import { createSearches } from "./search/searches.ts";
import type { ActivityTables } from "./tables.ts";

export type { ActivityPeople } from "./context.ts";
export type { ActivityStats } from "./figures/stats.ts";
export type { WhoseHubToken } from "./hub-answers.ts";

export interface Activity {
  readonly routes: FastifyPluginAsync;
  /** What is kept here of a person, for the export of their data and the deletion of their account. */
  readonly accountPart: ReturnType<typeof accountPart>;
  /** For the dashboard: one short query, whatever they ran. */
  statsOf(accountId: number): Promise<ActivityStats>;
  /** The same, that takes the hub's tokens for reports too, where somebody can say whose they are. */
  withHubTokens(authenticator: Authenticator): Authenticator;
  /** Makes the coming months, and says in the log what there is no index for. */
  start(): Promise<void>;
}

/**
 * What people's kernels report of what they run: self-reported, by day and in full.
 * @param whoseHubToken from the hub's domain; left out: tokens of the hub's are good for nothing here
 */
export function createActivity(platform: Platform, people: ActivityPeople, whoseHubToken?: WhoseHubToken): Activity {
  const db = platform.db.withTables<ActivityTables>();
  const months = createMonths(db);
  const isIndexed = searchIndexOf({ db, platform });
  const searches = createSearches(db, months, isIndexed);
  const turns = turnsBeside(platform.config.database.poolSize);
  const context: ActivityContext = { platform, db, people, months, searches, turns };
  for (const kind of [upkeepKind(context), eraseKind(context)]) platform.operations.register(kind);
  scheduleUpkeep(context);
  const parts = [ingestRoutes, contractRoutes, contractAdminRoutes, ownRoutes, ownAdminRoutes];
  return {
    routes: async (app) => {
      for (const part of parts) await app.register(part(context));
    },
    accountPart: accountPart(context),
    statsOf: (accountId) => statsOf(db, accountId),
    withHubTokens: (authenticator) =>
      whoseHubToken === undefined ? authenticator : acceptHubTokens(authenticator, people, whoseHubToken),
    async start() {
      await makeAhead(context);
      await isIndexed();
    },
  };
}
