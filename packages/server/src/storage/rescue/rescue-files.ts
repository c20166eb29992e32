import type { AuditEntry } from "../../platform/audit/contract.ts";

/** What the way out of a full storage needs of people's files; the workspaces domain provides it. */
export interface RescueFiles {
  readonly largest: {
    /** What takes the most room of somebody's; a minute old at most. */
    find(accountId: number, limit: number, where: LargestWhere): Promise<LargestThings>;
    /** The next look is a new one. */
    forget(accountId: number): void;
  };
  /** Deletes for good, past the trash. @throws StoaError not_found when nothing of it is theirs */
  erase(caller: PersonCaller, doomed: readonly Doomed[]): Promise<ErasingForGood>;
  /** A path below somebody's storage as `eraseStored` takes it. @throws StoaError invalid: it can be nothing of theirs */
  storedPath(path: string): string;
  /**
   * Removes for good what lies in their storage outside workspaces, as they; what is gone already is fine.
   * @throws StoaError conflict, disk_full, invalid, unavailable
   */
  eraseStored(accountId: number, place: StoredPlace, signal: AbortSignal): Promise<void>;
}

export interface LargestWhere {
  /** `taken`: as a kernel's quota counts; `contents`: sizes added up. */
  readonly by: "taken" | "contents";
  /** Whether workspaces and their trash are looked at. */
  readonly workspaces: boolean;
  /** The directory of their storage, absolute; null: it isn't looked at. */
  readonly storage: string | null;
}

export interface StoredPlace {
  /** The person's storage, absolute. */
  readonly directory: string;
  /** What it is, by the numbers of its file system and inode: another of this name is not theirs. */
  readonly device: number;
  readonly inode: number;
  /** Below it. */
  readonly path: string;
}

export interface PersonCaller {
  readonly accountId: number;
  readonly actor: AuditEntry["actor"];
  readonly requestId: string | null;
  readonly address: string | null;
}

export interface LargeThing {
  /** Null: it lies in their storage, outside workspaces. */
  readonly workspace: { readonly id: number; readonly name: string } | null;
  readonly path: string;
  readonly kind: "file" | "folder" | "workspace";
  readonly bytes: number;
  readonly trashEntry: number | null;
  readonly openable: boolean;
}

export interface LargestThings {
  readonly items: readonly LargeThing[];
  readonly bytes: number;
  /** Of it, in the trash. */
  readonly trashed: number;
  readonly entries: number;
  readonly complete: boolean;
  /** Whether what lies in their storage outside workspaces was looked at. */
  readonly storageRead: boolean;
  readonly lookedAt: Date;
}

export type Doomed = { readonly workspace: number; readonly path: string } | { readonly trashEntry: number };

export interface ErasingForGood {
  readonly operations: readonly string[];
  readonly items: readonly { readonly accepted: boolean; readonly problem: string | null }[];
}

/** Where there are no files of anybody's. */
export const noFiles: RescueFiles = {
  largest: {
    find: async () => ({
      ...{ items: [], bytes: 0, trashed: 0, entries: 0, complete: true, storageRead: false },
      lookedAt: new Date(),
    }),
    forget: () => undefined,
  },
  erase: async (_caller, doomed) => ({
    operations: [],
    items: doomed.map(() => ({ accepted: false, problem: "There are no files here." })),
  }),
  storedPath: (path) => path,
  eraseStored: async () => undefined,
};
