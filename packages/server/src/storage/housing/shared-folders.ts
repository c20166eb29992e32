import { realpath } from "node:fs/promises";
import path from "node:path";
import type { StorageContext } from "../context.ts";
import { requireDone } from "../subjects/outcomes.ts";
import type { SubjectRow } from "../tables.ts";

/** A group's directory, as its people reach it. */
export interface SharedFolder {
  readonly groupId: number;
  readonly name: string;
  /** Absolute, without links in it. */
  readonly path: string;
}

export interface SharedFolders {
  /** Those of the account's groups, as they were within the last seconds. */
  of(accountId: number): Promise<readonly SharedFolder[]>;
  /** One of them, given to its group on this machine. Null: none of theirs. @throws StoaError unavailable */
  prepare(accountId: number, groupId: number): Promise<SharedFolder | null>;
}

/** Asked at each work on files: who left a group is noticed so soon; with a broker the kernel knows it at once. */
const KEPT_MS = 2_000;
const MOST_KEPT = 5_000;

export function createSharedFolders(context: StorageContext): SharedFolders {
  const { driver, known, people, platform, settler } = context;
  const kept = new Map<number, { readonly until: number; readonly found: Promise<readonly SharedFolder[]> }>();

  async function folderOf(row: SubjectRow | null): Promise<SharedFolder | null> {
    const directory = row === null ? null : driver.state.directoryOf(row);
    if (row === null || row.group_id === null || directory === null) return null;
    const base = await realpath(path.dirname(directory)).catch(() => null);
    return base === null
      ? null
      : { groupId: row.group_id, name: row.name, path: path.join(base, path.basename(directory)) };
  }

  async function find(accountId: number): Promise<readonly SharedFolder[]> {
    const groups = await people.groups.groupsOf(accountId);
    const found = await Promise.all(groups.map(({ id }) => folderOf(known.ofGroup(id))));
    return found.filter((folder) => folder !== null);
  }

  return {
    of(accountId) {
      const present = kept.get(accountId);
      if (present !== undefined && present.until > Date.now()) return present.found;
      if (kept.size >= MOST_KEPT) kept.clear();
      const found = find(accountId);
      kept.set(accountId, { until: Date.now() + KEPT_MS, found });
      found.catch(() => kept.delete(accountId));
      return found;
    },
    async prepare(accountId, groupId) {
      const folder = (await find(accountId)).find((one) => one.groupId === groupId) ?? null;
      const row = known.ofGroup(groupId);
      if (folder === null || row === null) return null;
      kept.delete(accountId);
      // The group has a number on this machine from now on, which its directory may have been made without; and they
      // are in it, who may have joined it a moment ago.
      await platform.processes?.accountOf(accountId);
      await platform.processes?.recheckGroups(accountId);
      const outcome = (await settler.settle([row.id])).get(row.id) ?? { code: "missing" as const, problem: "" };
      requireDone(outcome, `group ${row.name}`);
      return folder;
    },
  };
}
