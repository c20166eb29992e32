import type { FastifyPluginAsync } from "fastify";
import type { AccountPart } from "../accounts/accounts.ts";
import type { Trx } from "../platform/database/database.ts";
import type { Platform } from "../platform/platform.ts";
import type { BrokerLink } from "../platform/processes/link.ts";
import { accountPart } from "./account-part.ts";
import type { StorageContext, StoragePeople } from "./context.ts";
import { contractRoutes } from "./contract/routes.ts";
import { keyOf, type StorageDriver } from "./drivers/contract.ts";
import { openDriver } from "./drivers/open-driver.ts";
import { type HousingNeeds, noHousing } from "./housing/contract.ts";
import { createHousing } from "./housing/housing.ts";
import { createLiesInside } from "./housing/lies-inside.ts";
import { createSharedFolders, type SharedFolder } from "./housing/shared-folders.ts";
import { asideKind } from "./moving/asides.ts";
import type { Pass } from "./moving/gate.ts";
import { moveInKind } from "./moving/move-in-operation.ts";
import { holdsUp, moveOf } from "./moving/move-rows.ts";
import { moveInRoutes } from "./own-api/move-in-routes.ts";
import { personRoutes } from "./own-api/person-routes.ts";
import { subjectRoutes } from "./own-api/subject-routes.ts";
import { trashRoutes } from "./own-api/trash-routes.ts";
import { eraseStoredKind } from "./rescue/erase-stored.ts";
import { noFiles, type RescueFiles } from "./rescue/rescue-files.ts";
import { rescueRoutes } from "./rescue/rescue-routes.ts";
import { peopleOver, type Room, roomOf } from "./room.ts";
import { createSnapshotKeeper, type SnapshotKeeper } from "./snapshots/keep-snapshots.ts";
import { createSnapshotsOf, type SnapshotsOf } from "./snapshots/persons-snapshots.ts";
import { adopt } from "./subjects/adopt.ts";
import { type Adoptable, lookForAdoptable } from "./subjects/adoptable.ts";
import { freeSubjectsOfDead } from "./subjects/free-of-dead.ts";
import { createKnownSubjects } from "./subjects/known-subjects.ts";
import { hasSettled, presentRows } from "./subjects/queries.ts";
import { createSettler } from "./subjects/settler.ts";
import { skipUsedNumbers } from "./subjects/skip-used-numbers.ts";
import { type StorageTables, widen } from "./tables.ts";
import { PURGE_KIND, purgeKind, TIDY_KIND } from "./trash/purge.ts";
import { askForCount } from "./upkeep/due.ts";
import { createReconcile, type Reconcile } from "./upkeep/reconcile.ts";
import { createRecountSoon } from "./upkeep/recount-soon.ts";
import { createScan, type Scan } from "./upkeep/scan.ts";

export type { Room } from "./room.ts";

/** The domain, as the app sees it. */
export interface Storage {
  /** Contract 1's calls, and our own API of storage. */
  readonly routes: FastifyPluginAsync;
  readonly driver: StorageDriver;
  /** What is kept here of a person, for the export of their data and the deletion of their account. */
  readonly accountPart: AccountPart;
  /** For an operator at the host, before anything runs: what is there that nobody told us of. @throws StartError */
  adoptable(): Promise<Adoptable>;
  /** Takes all of that over, as it is; how many. @throws StartError */
  adoptAll(): Promise<number>;
  /**
   * Before an account's folders are opened: has those of a new one lie in its storage, where the settings say so.
   * @throws StoaError unavailable: its storage can't be had now
   */
  house(accountId: number): Promise<unknown>;
  /** The same; they are not moved until it is released. @throws StoaError unavailable: they are being moved now */
  enter(accountId: number): Promise<Pass>;
  /** Whether an account's workspaces are being moved; asked in the transaction that begins something in them. */
  isMoving(trx: Trx, accountId: number): Promise<boolean>;
  /** The folders that the account's groups share on this machine, as they were within the last seconds. */
  sharedFolders(accountId: number): Promise<readonly SharedFolder[]>;
  /** One of them, given to its group on this machine; null: none of theirs. @throws StoaError unavailable */
  shareFolder(accountId: number, groupId: number): Promise<SharedFolder | null>;
  /** Moments that somebody can look back at their workspaces at. @throws StoaError unavailable */
  readonly snapshotsOf: SnapshotsOf;
  /** How much room somebody has; null: no storage or no quota of their own. From memory. */
  roomOf(accountId: number): Room | null;
  /** Has somebody's use counted anew, in the background: they wrote or deleted much, or the figure is old. */
  recountOf(accountId: number): void;
  /** The same for who writes into their workspaces; null too where those lie apart from their storage. */
  roomInside(accountId: number): Promise<Room | null>;
  /** For the operators' overview: how many people are over their quota, and since when we know of the last. */
  over(): Promise<{ readonly count: number; readonly at: Date } | null>;
  /** For tests, and for an operator who asks. */
  readonly upkeep: { readonly reconcile: Reconcile; readonly scan: Scan; readonly snapshots: SnapshotKeeper };
  /** Looks at the back end, reads what is known, then keeps both alike. Before listening. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface StorageOptions {
  readonly people: StoragePeople;
  /** To the broker that does what only root can; null: this process does it. */
  readonly link: BrokerLink | null;
  /** What people get out of being full by; left out: nobody has files. */
  readonly files?: RescueFiles;
  /** Where accounts' workspaces lie; left out: nobody has any. */
  readonly housing?: HousingNeeds;
  /** For tests: around the settings' driver. */
  readonly wrap?: (driver: StorageDriver) => StorageDriver;
}

/** Directories and datasets of people and groups: quotas, usage, trash. */
export async function createStorage(
  platform: Platform,
  { people, link, files = noFiles, housing = noHousing, wrap = (driver) => driver }: StorageOptions,
): Promise<Storage> {
  const log = platform.log.child({ domain: "storage" });
  const db = platform.db.withTables<StorageTables>();
  const driver = wrap(await openDriver(platform.config, { log, link, isInUse: () => hasSettled(db) }));
  const known = createKnownSubjects(platform, db);
  const settler = createSettler({ platform, db, driver, people, log });
  const context: StorageContext = {
    ...{ platform, db, driver, people, known, settler },
    inUse: (row) => homes.inUse(row),
    leave: (accountId) => homes.leave(accountId),
  };
  const homes = createHousing(context, housing);
  const shared = createSharedFolders(context);
  const liesInside = createLiesInside(platform, housing.houses);
  const reconcile = createReconcile({ ...context, log });
  const scan = createScan({ ...context, log });
  const snapshots = createSnapshotKeeper({ ...context, log });
  platform.operations.register(purgeKind(context, PURGE_KIND));
  platform.operations.register(purgeKind(context, TIDY_KIND));
  platform.operations.register(moveInKind({ ...context, needs: housing }, homes.forget));
  platform.operations.register(asideKind(context, housing));
  platform.operations.register(eraseStoredKind(context, files, (id) => recountSoon.want(id)));
  platform.operations.schedule(TIDY_KIND, "37 * * * *", {
    kind: TIDY_KIND,
    subject: { kind: "storage", id: "trash" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });

  /** In the background: whoever asks sees by the figure's age when it is done. */
  async function recount(ids: readonly number[] | null): Promise<void> {
    await askForCount(db, ids);
    scan.wake();
    if (driver.usage === null) return;
    reconcile.round({ list: false }).catch((error: unknown) => {
      log.warn({ err: error }, "usage could not be counted anew; it is with the next round");
    });
  }

  const adoptable = async () => lookForAdoptable(driver, new Set((await presentRows(db, null)).map(keyOf)));

  const recountSoon = createRecountSoon(recount, log);

  return {
    driver,
    adoptable,
    adoptAll: async () => (await adopt(context, (await adoptable()).found, { putInOrder: false })).length,
    house: homes.house,
    enter: homes.enter,
    isMoving: async (trx, accountId) => holdsUp(await moveOf(widen(trx), accountId)),
    sharedFolders: shared.of,
    shareFolder: shared.prepare,
    snapshotsOf: createSnapshotsOf(context, liesInside),
    roomOf: (accountId) => roomOf(context, accountId),
    accountPart: accountPart(context),
    over: () => peopleOver(context),
    roomInside: async (accountId) =>
      roomOf(context, accountId) !== null && (await liesInside(accountId)) ? roomOf(context, accountId) : null,
    recountOf(accountId) {
      const row = known.ofAccount(accountId);
      if (row !== null) recountSoon.want(row.id);
    },
    upkeep: { reconcile, scan, snapshots },
    routes: async (app) => {
      await app.register(contractRoutes(context, recountSoon.want));
      await app.register(subjectRoutes(context, recount));
      await app.register(trashRoutes(context));
      await app.register(moveInRoutes(context, housing));
      await app.register(personRoutes(context, async (ids) => ids.forEach(recountSoon.want), liesInside));
      await app.register(rescueRoutes(context, files, liesInside));
    },
    async start() {
      homes.start();
      await freeSubjectsOfDead(db, platform.config);
      await known.start();
      const state = await driver.probe();
      if (state.ok) {
        const { capabilities, about } = state;
        if (capabilities.enforcedBy === null)
          log.warn({ why: about }, "nothing here enforces quotas: use is counted only");
        await skipUsedNumbers(context).catch((error: unknown) =>
          log.error({ err: error }, "the trash can't be listed"),
        );
        await reconcile.round({ list: true }).catch((error: unknown) => {
          log.error({ err: error }, "storage could not be compared at the start; trying again");
        });
        homes.check();
      } else log.error({ problem: state.problem }, "storage can't be reached: what should be is noted, and made later");
      reconcile.start();
      scan.start();
      snapshots.start();
    },
    async stop() {
      homes.stop();
      recountSoon.stop();
      await snapshots.stop();
      await scan.stop();
      await reconcile.stop();
      await settler.stop();
      known.stop();
      await driver.close();
    },
  };
}
