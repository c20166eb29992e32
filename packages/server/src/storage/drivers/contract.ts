import { BackEndError, type ToldBy } from "../back-end-problems.ts";
import type { NamedPlace, Owner } from "../hosts/contract.ts";
import type { SubjectKind } from "../tables.ts";

/**
 * What a storage back end does. Every call is about many subjects at once, and safe to repeat after a crash at any
 * moment: what is there already as it should be is left alone. A failure of one subject is in its outcome; a call
 * throws only where the whole back end can't be asked (`BackEndAway`). Sizes are bytes.
 */
export interface StorageDriver {
  readonly backend: "posix" | "zfs";
  /**
   * Looks at the base: is it there, is it what it should be, what can be enforced here. Called at the start and every
   * minute; capabilities follow from it.
   */
  probe(): Promise<DriverState>;
  /** As last probed. */
  readonly state: DriverState;
  /** All subjects that are there, also those nobody told us of. Names that contract 1 forbids are left out. */
  list(): Promise<readonly Found[]>;
  /** Directories or datasets that `list` leaves out for their name; those of the file system and our own are none. */
  leftAlone(): Promise<readonly LeftAlone[]>;
  /** These, where they are there; what is no directory (a link, a file) is not there. */
  look(subjects: readonly Subject[]): Promise<readonly Found[]>;
  /** Makes it so: the directory or dataset, its owner and mode, its quota. In the order given. */
  settle(wanted: readonly Wanted[]): Promise<readonly Outcome[]>;
  /**
   * Moves a whole subject to the trash, at once, under this entry's name; nothing there: done.
   * Its quota no longer binds it where the trash is outside the quota.
   */
  discard(subject: Subject, entry: string): Promise<Outcome>;
  /** The reverse. An outcome of `exists` when something stands in its place; nothing in the trash: `missing`. */
  restore(entry: string, subject: Subject): Promise<Outcome>;
  /**
   * Removes an entry for good; true once nothing of it is left, false: called again. Takes as long as it takes.
   * @param project the number that the subject had: never read from the disk, where its owner may have changed it
   */
  purge(entry: string, project: number, signal: AbortSignal): Promise<boolean>;
  /** Entries that are in the trash. */
  discarded(): Promise<readonly string[]>;
  /**
   * Usage and quota of all as the kernel or ZFS has them, in one go. Left out where nothing counts them.
   * Absent member: usage has to be measured.
   */
  readonly usage: (() => Promise<ReadonlyMap<string, Counted>>) | null;
  /** Adds sizes up, at low priority, for some at a time (`measure` of hosts); by `keyOf`. Hard links count once. */
  readonly measure:
    | ((places: readonly NamedPlace[], signal: AbortSignal) => Promise<ReadonlyMap<string, number>>)
    | null;
  /**
   * The same of everybody in one walk of the base, which costs less than asking for all of them. Who is not told of has
   * to be asked for: what is a link or a file system of its own, and groups. A file with names in two directories
   * counts to one of them.
   */
  readonly measureBase: ((signal: AbortSignal) => Promise<BaseSizes>) | null;
  /** Looks for files that have left their subject's accounting; how many. Null where they can't. */
  readonly strays: ((subject: Subject, signal: AbortSignal) => Promise<number>) | null;
  readonly snapshots: Snapshots | null;
  close(): Promise<void>;
}

/** A directory or dataset by its kind and name; `project` is its number for ever. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly project: number;
}

export interface Wanted extends Subject {
  readonly owner: Owner;
  /** What should be enforced; 0: no quota. */
  readonly quota: number;
  /** It was there before us: its files' owners are left as they are, its quota numbers are given to all of them. */
  readonly adopted: boolean;
}

export interface Found {
  readonly kind: SubjectKind;
  readonly name: string;
  /** What the kernel or ZFS enforces now; 0: nothing; null: it isn't known here (no quotas). */
  readonly quota: number | null;
  /** What it counts; null: nothing counts. */
  readonly used: number | null;
}

/** What is there and can't be a subject. */
export interface LeftAlone {
  readonly kind: SubjectKind;
  /** As it is on the disk. */
  readonly name: string;
  /** As the end of a sentence. */
  readonly because: string;
}

export interface Counted {
  readonly used: number;
  /** 0: none. */
  readonly quota: number;
}

export interface BaseSizes {
  /** Of people, by `keyOf`; also of directories that are nobody's. */
  readonly sizes: ReadonlyMap<string, number>;
  /** All that was walked: what lies in the trash and among the groups as well. */
  readonly total: number;
}

/** `failed` may pass; the others need somebody. `below_used`: ZFS refuses a quota below what is used. */
export type OutcomeCode =
  | "done"
  | "exists"
  | "missing"
  | "not_a_directory"
  | "below_used"
  | "busy"
  | "full"
  | "read_only"
  | "other_file_system"
  | "failed";

export interface Outcome {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly code: OutcomeCode;
  /** For operators; empty when done. */
  readonly problem: string;
}

export interface Capabilities {
  /** By what quotas are held; null: by nothing, they are only answered. */
  readonly enforcedBy: "project" | "user" | "dataset" | null;
  /** True where the owner of files could move them out of their accounting (`chattr -p`): it holds accidents only. */
  readonly againstAccidentOnly: boolean;
  /** True where root is held, too (xfs, zfs). */
  readonly bindsRoot: boolean;
  readonly snapshots: boolean;
  /** True: what is in the trash counts against nobody's quota. */
  readonly trashOutsideQuota: boolean;
  readonly usageKind: "quota" | "apparent";
  /** True: a quota smaller than what is used is refused (ZFS); false: it is set, and nothing more can be written. */
  readonly refusesBelowUsed: boolean;
}

export interface DriverState {
  readonly ok: boolean;
  /** For operators: what is wrong and what to do; empty when nothing is. A pool without one of its disks is ok still. */
  readonly problem: string;
  /** How it can be told in another language; null: there is none, or it has no other words. */
  readonly problemToldBy: ToldBy | null;
  readonly capabilities: Capabilities;
  /** In words: `ext4 at /srv`, `zfs-fuse pool version 23, dataset tank/home`. */
  readonly about: string;
  /** Of the file system or pool; null: not known. */
  readonly size: number | null;
  readonly free: number | null;
  /** Where a subject's files are on this machine, absolute; null: they aren't mounted here. */
  directoryOf(subject: { readonly kind: SubjectKind; readonly name: string }): string | null;
}

/** Moments that a dataset can be looked back at. */
export interface Snapshots {
  /** Of all subjects at once, newest last. */
  list(): Promise<readonly Snapshot[]>;
  /** Of one, newest last; none where it isn't there. */
  of(subject: Subject): Promise<readonly Snapshot[]>;
  /** @returns outcomes by subject */
  take(subjects: readonly Subject[], name: string): Promise<readonly Outcome[]>;
  remove(subject: Subject, name: string): Promise<Outcome>;
  /** Absolute, read-only; null: not to be looked into from this machine. */
  directoryOf(subject: Subject, name: string): string | null;
}

export interface Snapshot {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly snapshot: string;
  readonly createdAt: Date;
  /** What only it still holds. */
  readonly used: number;
}

/** The whole back end can't be asked: host away, base gone, pool suspended. Nothing is known then, nothing was done. */
export class BackEndAway extends BackEndError {
  override readonly name = "BackEndAway";
}

/** Contract 1's 0770; what is made in a group's directory belongs to the group, whoever makes it. */
export function directoryMode({ kind }: { readonly kind: SubjectKind }): number {
  return kind === "group" ? 0o2770 : 0o770;
}

/** By which subjects are known in maps: `user/ada`, `group/lab`. */
export function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}
