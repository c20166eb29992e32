import { availableParallelism, loadavg } from "node:os";
import { createAccounts, type PasswordCost } from "./accounts/accounts.ts";
import { createActivity } from "./activity/activity.ts";
import { createAnnouncements } from "./announcements/announcements.ts";
import { belongingsOf } from "./belongings.ts";
import { createHub } from "./hub/hub.ts";
import { createNotices } from "./notices/notices.ts";
import { createOverview } from "./overview/overview.ts";
import type { Platform } from "./platform/platform.ts";
import type { BrokerLink } from "./platform/processes/link.ts";
import type { JobType } from "./sessions/job-types/contract.ts";
import { jobTypeIds } from "./sessions/job-types/registry.ts";
import { findMeans } from "./sessions/resources/local/means/find-means.ts";
import { createSessions } from "./sessions/sessions.ts";
import { createStorage, type StorageOptions } from "./storage/storage.ts";
import { publishRefusals } from "./storage-refusals.ts";
import { createWebhooks } from "./webhooks/webhooks.ts";
import { createWorkspaces } from "./workspaces/workspaces.ts";

export interface DomainsOptions {
  /** To what starts processes under people's own accounts; null: there is none. */
  readonly broker?: BrokerLink | null;
  /** Besides the registry's: tests and benchmarks bring a program of their own. */
  readonly extraJobTypes?: readonly JobType[];
  /** For tests: around the storage's driver. */
  readonly wrapStorage?: NonNullable<StorageOptions["wrap"]>;
  /** For tests: what a password's hash takes. No setting leads here. */
  readonly passwordCost?: PasswordCost;
}

export type Domains = Awaited<ReturnType<typeof createDomains>>;

/** Makes every domain, and says what each is given of the others. Nothing is started. */
export async function createDomains(
  platform: Platform,
  { broker = null, extraJobTypes = [], wrapStorage = (driver) => driver, passwordCost }: DomainsOptions,
) {
  const { config, addresses } = platform;
  const means = await findMeans(config, broker !== null);
  const accounts = createAccounts(platform, passwordCost);
  const workspaces = createWorkspaces(
    platform,
    accounts,
    new Set([...jobTypeIds(config), ...extraJobTypes.map((type) => type.id)]),
    (workspaceId) => sessions.lastJob(workspaceId),
    {
      of: (accountId) => storage.roomInside(accountId),
      recount: (accountId) => storage.recountOf(accountId),
      refused: publishRefusals(platform),
      address: () => `${addresses.portalOrigin()}/portal`,
    },
    {
      house: async (accountId) => void (await storage.house(accountId)),
      enter: (accountId) => storage.enter(accountId),
      sharedFolders: (accountId) => storage.sharedFolders(accountId),
      shareFolder: (accountId, groupId) => storage.shareFolder(accountId, groupId),
      snapshotsOf: (accountId, anew) => storage.snapshotsOf(accountId, anew),
    },
  );
  const roomOf = (accountId: number) => storage.roomInside(accountId);
  const sessions = createSessions(platform, accounts, workspaces, {
    ...{ extraJobTypes, means, roomOf },
    isMoving: (trx, accountId) => storage.isMoving(trx, accountId),
    sharedFolders: async (ownerId) => (await storage.sharedFolders(ownerId)).map(({ path }) => path),
  });
  const belongings = belongingsOf(workspaces.accountPart, sessions.accountPart);
  const storage = await createStorage(platform, {
    people: accounts,
    link: broker,
    files: workspaces.rescue,
    wrap: wrapStorage,
    housing: {
      ...{ houses: workspaces.houses, belongings },
      lockLiveSessions: (trx, accountId) => sessions.lockLive(trx, accountId),
    },
  });
  const notices = createNotices(platform, accounts);
  const activity = createActivity(platform, accounts, (token) => hub.whoseToken(token));
  const webhooks = createWebhooks(platform, accounts);
  const hub = createHub(platform, {
    people: accounts,
    statsOf: activity.statsOf,
    roomOf: (accountId) => storage.roomOf(accountId),
  });
  // In the order in which they are removed with an account.
  for (const { accountPart } of [hub, sessions, workspaces, storage, notices, activity, webhooks]) {
    accounts.contribute(accountPart);
  }
  // Contract 3's status tells of these, and knows no hub.
  const health = {
    resources: sessions.health,
    storageMethods: workspaces.health,
    authenticationMethods: accounts.health,
  };
  const watched = { ...health, hub: hub.health };
  notices.watchHealth(watched);
  const overview = createOverview(platform, {
    sessions: sessions.figures,
    accounts: accounts.figures,
    people: accounts,
    groupName: async (id, trx) => (await accounts.groups.get(id, trx))?.name ?? null,
    roomUsed: workspaces.roomUsed,
    storageOver: storage.over,
    load: () => ({ load: loadavg()[2] ?? 0, cores: availableParallelism() }),
    health: watched,
  });
  const announcements = createAnnouncements(platform, accounts);
  return {
    ...{ accounts, workspaces, sessions, storage, hub, activity, webhooks, notices, overview, announcements },
    ...{ means, health },
  };
}
