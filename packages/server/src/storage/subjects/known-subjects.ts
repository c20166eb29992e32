import type { Platform } from "../../platform/platform.ts";
import { keyOf } from "../drivers/contract.ts";
import type { StorageDb, SubjectKind, SubjectRow } from "../tables.ts";
import { findByName, presentRows } from "./queries.ts";

/** Published where a subject's row, or its figures alone, have changed. */
const TYPES = ["storage.changed", "storage.counted"];

/** What many use, as it was just written down. */
export interface CountedNow {
  readonly at: Date;
  readonly kind: "quota" | "apparent";
  /** Id, bytes used, and the quota that is enforced; null: nothing was seen of it. */
  readonly figures: readonly (readonly [id: number, used: number, enforced: number | null])[];
}

const TRY_AGAIN_MS = 1_000;

/**
 * Every subject that is not deleted, in memory (10,000 are 5 MB): a read asks neither database nor disk. A write is
 * seen at once on its own server, within a second on the others; while nothing is heard of others' writes, the
 * database is asked.
 */
export interface KnownSubjects {
  /** Null: none of this name. */
  find(kind: SubjectKind, name: string): Promise<SubjectRow | null> | SubjectRow | null;
  ofAccount(accountId: number): SubjectRow | null;
  ofGroup(groupId: number): SubjectRow | null;
  byId(id: number): SubjectRow | null;
  /** All, in the order in which they were made. */
  all(): Promise<readonly SubjectRow[]> | readonly SubjectRow[];
  /** After a commit on this server: what was written is in memory then. */
  refresh(ids: readonly number[]): Promise<void>;
  /** The same where figures alone were written: they are taken as they are. */
  count(counted: CountedNow): Promise<void>;
  start(): Promise<void>;
  stop(): void;
}

export function createKnownSubjects({ events, log }: Pick<Platform, "events" | "log">, db: StorageDb): KnownSubjects {
  const byKey = new Map<string, SubjectRow>();
  const byId = new Map<number, SubjectRow>();
  const byAccount = new Map<number, SubjectRow>();
  const byGroup = new Map<number, SubjectRow>();
  let sorted: readonly SubjectRow[] | null = null;
  let last: Promise<void> = Promise.resolve();
  let unsubscribe: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function forget(id: number): void {
    const row = byId.get(id);
    if (row === undefined) return;
    byId.delete(id);
    // Another row may bear the name, or have the link, by now.
    if (byKey.get(keyOf(row))?.id === id) byKey.delete(keyOf(row));
    if (row.account_id !== null && byAccount.get(row.account_id)?.id === id) byAccount.delete(row.account_id);
    if (row.group_id !== null && byGroup.get(row.group_id)?.id === id) byGroup.delete(row.group_id);
  }

  function keep(row: SubjectRow): void {
    byId.set(row.id, row);
    byKey.set(keyOf(row), row);
    if (row.account_id !== null) byAccount.set(row.account_id, row);
    if (row.group_id !== null) byGroup.set(row.group_id, row);
  }

  /** One after another: an older answer never replaces a newer one. */
  function refresh(ids: readonly number[] | null): Promise<void> {
    last = last
      .catch(() => undefined)
      .then(async () => {
        const rows = await presentRows(db, ids);
        for (const id of ids ?? [...byId.keys()]) forget(id);
        for (const row of rows) keep(row);
        sorted = null;
      });
    return last;
  }

  /** An older figure never replaces a newer one. */
  function count({ at, kind, figures }: CountedNow): Promise<void> {
    last = last
      .catch(() => undefined)
      .then(() => {
        for (const [id, used, enforced] of figures) {
          const row = byId.get(id);
          // What this server has counted itself comes back to it as an event.
          if (row === undefined || (row.used_at !== null && row.used_at >= at)) continue;
          keep({ ...row, used, used_kind: kind, used_at: at, enforced_quota: enforced ?? row.enforced_quota });
          sorted = null;
        }
      });
    return last;
  }

  function follow(ids: readonly number[] | null): void {
    refresh(ids).catch((error: unknown) => {
      if (stopped) return;
      log.warn({ err: error }, "what is stored for whom could not be read yet");
      clearTimeout(timer);
      timer = setTimeout(() => follow(null), TRY_AGAIN_MS).unref();
    });
  }

  function subscribe(): void {
    unsubscribe = events.subscribe({ types: TYPES, onGone: again }, ({ data }) => {
      if (!Array.isArray(data.figures)) return follow(Array.isArray(data.ids) ? (data.ids as number[]) : null);
      void count({ ...(data as unknown as CountedNow), at: new Date(data.at as string) });
    });
  }

  /** The database was restored: nothing that was read before counts. */
  function again(): void {
    if (stopped) return;
    subscribe();
    follow(null);
  }

  return {
    find: (kind, name) => (events.listening ? (byKey.get(keyOf({ kind, name })) ?? null) : findByName(db, kind, name)),
    ofAccount: (accountId) => byAccount.get(accountId) ?? null,
    ofGroup: (groupId) => byGroup.get(groupId) ?? null,
    byId: (id) => byId.get(id) ?? null,
    all() {
      if (!events.listening) return presentRows(db, null);
      sorted ??= [...byId.values()].sort((a, b) => a.id - b.id);
      return sorted;
    },
    refresh,
    count,
    start() {
      subscribe();
      return refresh(null);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
