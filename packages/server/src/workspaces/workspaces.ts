import type { FastifyPluginAsync } from "fastify";
import type { AccountPart } from "../accounts/accounts.ts";
import type { Trx } from "../platform/database/database.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import { accountPart } from "./account-part.ts";
import type { Caller, WorkspaceContext } from "./context.ts";
import { contractRoutes } from "./contract/routes.ts";
import { deletionKind } from "./delete-workspace.ts";
import { personRoutes } from "./details/person-routes.ts";
import { createScanQueue } from "./details/scan-queue.ts";
import { createFileWork } from "./file-work/file-work.ts";
import { type Homes, noHomes } from "./file-work/homes.ts";
import { housedFileWork } from "./file-work/housed-file-work.ts";
import { type Houses, housesOf } from "./file-work/houses.ts";
import { createDirectories } from "./files/directories.ts";
import { type StoredPlace, storedParts } from "./files/erase-stored.ts";
import { findFolder } from "./files/find-folder.ts";
import { copyKind } from "./files-api/copy-entry.ts";
import { filesRoutes } from "./files-api/routes.ts";
import { idsNamed, namesOf, roomUsed } from "./queries.ts";
import { type Doomed, type ErasingForGood, eraseFilesKind, eraseForGood } from "./rescue/erase-for-good.ts";
import { createLargestFinder, forgetting, type LargestFinder } from "./rescue/find-largest.ts";
import { createSessionLinks, type SessionLinks } from "./session-links.ts";
import { createSharing, type LastJob, type SharingAccounts } from "./sharing/sharing.ts";
import { storageHealth } from "./storage-health.ts";
import { anyRoom, type StorageRoom } from "./storage-room/storage-room.ts";
import { tellingRoom } from "./storage-room/telling-room.ts";
import { type WorkspaceRow, type WorkspaceTables, widen } from "./tables.ts";
import { clearLeftovers, TIDY_KIND, tidyKind } from "./tidy.ts";
import { createTransfers } from "./transfers/transfers.ts";
import { eraseKind } from "./trash/erase.ts";
import { purgeKind } from "./trash/purge-at-once.ts";

export type { WorkspaceRow } from "./tables.ts";

/** The domain, as sessions and the app see it. */
type Stored = Omit<StoredPlace, "parts"> & { readonly path: string };

export interface Workspaces extends SessionLinks {
  /** Contract 3's calls and our own API of files, trash and shares. */
  readonly routes: FastifyPluginAsync;
  /** What is kept here of a person, for the export of their data and the deletion of their account. */
  readonly accountPart: AccountPart;
  /** The absolute path of a workspace's folder: where a session works. */
  directory(row: Pick<WorkspaceRow, "id" | "owner_id">): string;
  /**
   * A folder in a workspace, as a path below its root; empty: the root.
   * @throws StoaError invalid (no path), not_found, conflict (no folder, a link on the way)
   */
  folder(row: Pick<WorkspaceRow, "id" | "owner_id">, path: string): Promise<string>;
  /** Names by id, of deleted ones too. */
  names(ids: readonly number[], trx?: Trx): Promise<ReadonlyMap<number, string>>;
  /** Those whose name has this in it, deleted ones too. @param ownerId null: everybody's */
  named(text: string, ownerId: number | null): Promise<number[]>;
  /** Bytes of all workspaces together, as last counted. */
  roomUsed(): Promise<number>;
  /** For people whose storage is full: what takes the room, and its end, past the trash. */
  readonly rescue: {
    readonly largest: LargestFinder;
    /** @throws StoaError not_found when nothing of it is theirs */
    erase(caller: Caller, doomed: readonly Doomed[]): Promise<ErasingForGood>;
    /** Removes what lies in their storage besides, as they. @throws StoaError as the command `eraseStored` does */
    eraseStored(accountId: number, place: Stored, signal: AbortSignal): Promise<void>;
    /** A path below somebody's storage as `eraseStored` takes it. @throws StoaError invalid */
    storedPath(path: string): string;
  };
  /** Where accounts' workspaces and trash lie, and who has them lie elsewhere. */
  readonly houses: Houses;
  /** Whether workspaces have a place to be in, by the storages' ids. */
  readonly health: HealthChecks;
  /** Clears what a killed server left, then keeps details fresh. Before listening. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Workspaces: files, uploads, trash, sharing.
 * @param accounts with whom one can share; owners are account ids
 * @param jobTypes what may stand in `default_job_type`
 * @param lastJob a workspace's newest session, for whom it is shared with
 * @param givenRoom how much people may write; left out: as much as the disk has
 * @param homes where people's files lie; left out: in the data directory, and groups share nothing
 */
export function createWorkspaces(
  platform: Platform,
  accounts: SharingAccounts,
  jobTypes: ReadonlySet<string>,
  lastJob: (workspaceId: number) => Promise<LastJob | null> = async () => null,
  givenRoom: StorageRoom = anyRoom,
  homes: Homes = noHomes,
): Workspaces {
  const { config, audit, events, operations } = platform;
  const directories = createDirectories(config.dataDir, config.nodeId);
  const plainFiles = createFileWork(platform, directories, homes);
  const room: StorageRoom = {
    ...givenRoom,
    // Whoever has no room, or has room again, looks at what there is now.
    recount(accountId) {
      largest.forget(accountId);
      givenRoom.recount(accountId);
    },
  };
  const files = tellingRoom(housedFileWork(plainFiles, homes), room);
  const context: WorkspaceContext = {
    db: platform.db.withTables<WorkspaceTables>(),
    directories,
    files,
    audit,
    events,
    operations,
    config,
    log: platform.log.child({ domain: "workspaces" }),
    jobTypes,
    room,
    homes,
  };
  const { mail, addresses } = platform;
  const sharingContext = { ...context, accounts, mail, addresses, lastJob };
  const sharing = createSharing(sharingContext);
  const scans = createScanQueue(context);
  const largest = createLargestFinder(context);
  operations.register(deletionKind(context));
  operations.register(tidyKind(context));
  operations.register(purgeKind(context));
  operations.register(forgetting(largest, eraseKind(context)));
  operations.register(copyKind(context));
  operations.register(forgetting(largest, eraseFilesKind(context)));
  const transfers = createTransfers(context);
  operations.schedule(TIDY_KIND, "17 * * * *", {
    kind: TIDY_KIND,
    subject: { kind: "workspaces", id: "all" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
  let unsubscribe: () => void = () => undefined;
  return {
    ...createSessionLinks(context, scans.wake),
    accountPart: accountPart(sharingContext),
    routes: async (app) => {
      await app.register(contractRoutes(context));
      await app.register(filesRoutes(context));
      await app.register(sharing.routes);
      await app.register(transfers.routes);
      await app.register(personRoutes(context.db));
    },
    rescue: {
      largest,
      async erase(caller, doomed) {
        const erasing = await eraseForGood(context, caller, doomed);
        largest.forget(caller.accountId);
        return erasing;
      },
      async eraseStored(accountId, { path, ...directory }, signal) {
        await files.run(accountId, "eraseStored", { ...directory, parts: storedParts(path) }, { signal });
      },
      storedPath: (path) => storedParts(path).join("/"),
    },
    houses: housesOf(platform, directories, plainFiles),
    health: storageHealth(config),
    names: (ids, trx) => namesOf(trx === undefined ? context.db : widen(trx), ids),
    named: (text, ownerId) => idsNamed(context.db, text, ownerId),
    roomUsed: () => roomUsed(context.db),
    directory: (row) => context.directories.workspacePath(row.owner_id, row.id),
    folder: (row, path) => findFolder(files, row, path),
    async start() {
      // By the broker, where there is one, before it starts us.
      if (platform.processes === null) await directories.finishMoves();
      await clearLeftovers(context);
      await transfers.start();
      unsubscribe = events.subscribe({ types: ["workspace.changed"] }, (event) => {
        if (event.data.change === "scanned") return;
        scans.wake();
        if (typeof event.audience !== "string") event.audience.forEach(largest.forget);
      });
      scans.start();
    },
    async stop() {
      unsubscribe();
      await scans.stop();
      await files.stop();
    },
  };
}
