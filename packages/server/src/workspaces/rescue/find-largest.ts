import type { OperationKind } from "../../platform/operations/contract.ts";
import type { WorkspaceContext } from "../context.ts";
import type { LargestQuestion } from "../files/largest-entries.ts";

/** Workspaces and entries of the trash that one look is at; the largest and newest come first. */
const MOST_PLACES = 1_000;
/** A look costs the disk as much as any; who asks again so soon gets the last one. */
const KEPT_MS = 60_000;
/** People whose last look is kept. */
const MOST_KEPT = 1_000;

/** Something large of a person's, and where it is. Bytes as their quota counts them. */
export interface LargeThing {
  /** Null: it lies in their storage, outside workspaces. */
  readonly workspace: { readonly id: number; readonly name: string } | null;
  /** Below the workspace or the storage; of a workspace that is in the trash as a whole: empty. */
  readonly path: string;
  readonly kind: "file" | "folder" | "workspace";
  readonly bytes: number;
  /** Its entry in the trash; null: it isn't there. */
  readonly trashEntry: number | null;
  /** False: no path leads to it, for its name is no text. What it lies in can be deleted. */
  readonly openable: boolean;
}

export interface LargestThings {
  /** Largest first. */
  readonly items: readonly LargeThing[];
  /** Of all that was looked at. */
  readonly bytes: number;
  /** Of it, in the trash. */
  readonly trashed: number;
  readonly entries: number;
  /** False: there is more than anybody looks through in one go. */
  readonly complete: boolean;
  /** Whether what lies in their storage outside workspaces was looked at. */
  readonly storageRead: boolean;
  readonly lookedAt: Date;
}

/** Where somebody's room is taken, and how it is counted. */
export interface LargestWhere {
  readonly by: LargestQuestion["by"];
  /** Whether workspaces and their trash are looked at. */
  readonly workspaces: boolean;
  /** The directory of their storage on this machine, absolute; null: it isn't looked at. */
  readonly storage: string | null;
}

/** Finds what takes the most room of somebody's, over all their workspaces, their trash and their storage. */
export interface LargestFinder {
  find(accountId: number, limit: number, where: LargestWhere): Promise<LargestThings>;
  /** They have deleted or written something, or have no room: the next one looks anew. */
  forget(accountId: number): void;
}

interface Kept {
  readonly key: string;
  readonly until: number;
  readonly things: Promise<LargestThings>;
}

export function createLargestFinder(context: Pick<WorkspaceContext, "db" | "files">): LargestFinder {
  const kept = new Map<number, Kept>();
  return {
    find(accountId, limit, where) {
      const key = `${limit} ${where.by} ${where.workspaces} ${where.storage ?? ""}`;
      const last = kept.get(accountId);
      if (last !== undefined && last.key === key && last.until > Date.now()) return last.things;
      const things = look(context, accountId, limit, where);
      kept.delete(accountId);
      kept.set(accountId, { key, until: Date.now() + KEPT_MS, things });
      for (const [oldest] of kept) {
        if (kept.size <= MOST_KEPT) break;
        kept.delete(oldest);
      }
      things.catch(() => {
        if (kept.get(accountId)?.things === things) kept.delete(accountId);
      });
      return things;
    },
    forget: (accountId) => void kept.delete(accountId),
  };
}

/** A kind that deletes somebody's files: a look in the midst of it is of no use after it. */
export function forgetting(largest: LargestFinder, kind: OperationKind): OperationKind {
  return {
    ...kind,
    async run(run) {
      try {
        return await kind.run(run);
      } finally {
        largest.forget(Number(run.operation.input.owner_id));
      }
    },
  };
}

async function look(
  context: Pick<WorkspaceContext, "db" | "files">,
  ownerId: number,
  limit: number,
  { by, storage, ...where }: LargestWhere,
): Promise<LargestThings> {
  const [workspaces, entries] = where.workspaces
    ? await Promise.all([workspacesOf(context, ownerId), trashOf(context, ownerId)])
    : [[], []];
  const names = new Map(workspaces.map((row) => [row.id, row.name]));
  const trash = new Map(entries.map((row) => [row.id, row]));
  const lookedAt = new Date();
  const question = { workspaces: [...names.keys()], entries: [...trash.keys()], storage, limit, by };
  const found = await context.files.run(ownerId, "largestEntries", question);
  const items = found.items.flatMap(({ workspace, entry, path, kind, bytes, openable }): LargeThing[] => {
    const row = entry === null ? undefined : trash.get(entry);
    if (row !== undefined) {
      const place = { id: row.workspace_id, name: row.workspace_name };
      const what = row.kind === "folder" || row.kind === "workspace" ? row.kind : "file";
      return [{ workspace: place, path: row.path, kind: what, bytes, trashEntry: row.id, openable: true }];
    }
    if (workspace === null && entry === null) {
      return [{ workspace: null, path, kind, bytes, trashEntry: null, openable }];
    }
    const name = workspace === null ? undefined : names.get(workspace);
    if (workspace === null || name === undefined) return [];
    return [{ workspace: { id: workspace, name }, path, kind, bytes, trashEntry: null, openable }];
  });
  return { ...found, items, lookedAt };
}

function workspacesOf({ db }: Pick<WorkspaceContext, "db">, ownerId: number) {
  return db
    .selectFrom("workspaces")
    .select(["id", "name"])
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is", null)
    .where("share_pending", "=", false)
    .orderBy("disk_space", "desc")
    .orderBy("id")
    .limit(MOST_PLACES)
    .execute();
}

function trashOf({ db }: Pick<WorkspaceContext, "db">, ownerId: number) {
  return db
    .selectFrom("trash_entries as entry")
    .innerJoin("workspaces as workspace", "workspace.id", "entry.workspace_id")
    .select(["entry.id", "entry.path", "entry.kind", "entry.workspace_id", "workspace.name as workspace_name"])
    .where("entry.owner_id", "=", ownerId)
    .where("entry.state", "=", "kept")
    .orderBy("entry.id", "desc")
    .limit(MOST_PLACES)
    .execute();
}
