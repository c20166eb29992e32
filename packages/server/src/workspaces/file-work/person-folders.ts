import type { PlaceKind } from "../../platform/processes/inside-storage.ts";
import { type OpenFolder, walk, walkMaking } from "../files/descriptor-walk.ts";
import { STAGING } from "../files/directories.ts";
import { openWorkspaceOf } from "../files/open-snapshot.ts";
import type { PersonFolders } from "./contract.ts";

const PRIVATE = 0o700;

/** How a process reaches the two folders that all of a person's files lie in. */
export interface PersonRoots {
  readonly accountId: number;
  readonly stagingMark: string;
  /** Absolute, with all links in them resolved. */
  readonly symlinkRoots: readonly string[];
  /** Holds the workspaces. */
  account(): Promise<OpenFolder>;
  trash(): Promise<OpenFolder>;
  /** What held the workspaces in a snapshot. @throws StoaError not_found, unavailable */
  snapshot(name: string): Promise<OpenFolder>;
  /** Null: nothing was set aside. */
  aside(kind: PlaceKind): Promise<OpenFolder | null>;
}

/** What a command gets, in whichever process it runs. */
export function createPersonFolders(roots: PersonRoots): PersonFolders {
  return {
    accountId: roots.accountId,
    stagingMark: roots.stagingMark,
    symlinkRoots: roots.symlinkRoots,
    account: () => roots.account(),
    trash: () => roots.trash(),
    aside: (kind) => roots.aside(kind),
    async workspace(id) {
      await using account = await roots.account();
      return await walk(account, [String(id)]);
    },
    async workspaceAsOf(id, name) {
      await using snapshot = await roots.snapshot(name);
      return await openWorkspaceOf(snapshot, name, id);
    },
    async staging() {
      await using account = await roots.account();
      return await walkMaking(account, [STAGING], PRIVATE);
    },
  };
}
