import type { AuditEntry } from "../../platform/audit/contract.ts";

/** What the way out of a full storage needs of people's files; the workspaces domain provides it. */
export interface RescueFiles {
  readonly largest: {
    /**
     * What takes the most room of somebody's, in their workspaces and in their trash; a minute old at most.
     * @param by `taken`: as a kernel's quota counts; `contents`: sizes added up
     */
    find(accountId: number, limit: number, by: "taken" | "contents"): Promise<LargestThings>;
  };
  /** Deletes for good, past the trash. @throws StoaError not_found when nothing of it is theirs */
  erase(caller: PersonCaller, doomed: readonly Doomed[]): Promise<ErasingForGood>;
}

export interface PersonCaller {
  readonly accountId: number;
  readonly actor: AuditEntry["actor"];
  readonly requestId: string | null;
  readonly address: string | null;
}

export interface LargeThing {
  readonly workspace: { readonly id: number; readonly name: string };
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
    find: async () => ({ items: [], bytes: 0, trashed: 0, entries: 0, complete: true, lookedAt: new Date() }),
  },
  erase: async (_caller, doomed) => ({
    operations: [],
    items: doomed.map(() => ({ accepted: false, problem: "There are no files here." })),
  }),
};
