import { BackEndError, type BackEndProblem } from "../back-end-problems.ts";
import type { SubjectKind } from "../tables.ts";

/**
 * Where commands on storage are run: on this machine by the server itself or, where it isn't root, by the broker; or
 * on a storage host over SSH. One pure function (`command-of.ts`) turns a request into a program and its arguments,
 * so that the three can't differ. Whoever asks names places, never paths: base path, owners and mount come from the
 * configuration that the host was made with.
 */
export interface StorageHost {
  /**
   * Runs one request. The command's own failure is an answer, not an error.
   * @throws HostUnreachable when it could not be run there at all; whether it was is not known then
   * @throws StoaError invalid: the request is not one that a host takes
   */
  run(request: StorageRequest, options?: { readonly signal?: AbortSignal }): Promise<HostAnswer>;
  /** Ends what is kept open: a multiplexed connection. */
  close(): Promise<void>;
}

export interface HostAnswer {
  /** Its exit code; null: ended by a signal. */
  readonly code: number | null;
  readonly out: string;
  /** The end of what it said on stderr. */
  readonly err: string;
}

/** The storage host does not answer, is another than the one that was pinned, or the broker is gone. */
export class HostUnreachable extends BackEndError {
  override readonly name = "HostUnreachable";
  readonly reason: "down" | "host_key" | "denied" | "broker";

  constructor(reason: HostUnreachable["reason"], problem: string | BackEndProblem, options?: { cause?: unknown }) {
    super(problem, options);
    this.reason = reason;
  }
}

/** A directory or dataset, by what it is for. `base` is the base path itself, `groups` the folder of all groups. */
export type Place =
  | { readonly kind: SubjectKind; readonly name: string }
  /** A whole subject in the trash, under a name of our making: letters, digits, `-` and `_`. */
  | { readonly kind: "trash"; readonly name: string }
  | { readonly kind: "base" | "groups" | "trashes" };

export type NamedPlace = Extract<Place, { name: string }>;

/** In decimal numbers of bytes; null: none. */
export interface QuotaLine {
  /** A project number or a uid. */
  readonly id: number;
  readonly bytes: number | null;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Everything that is ever run on a storage host. Paths are made by the host. */
export type StorageRequest =
  // What is there, for any driver that has folders.
  /** `stat` of each, no link followed: `%f %u %g %d %i %Y`, a line each, in order of those that exist, with the path. */
  | { readonly do: "stat"; readonly places: readonly Place[] }
  /** What lies directly in it: type, uid, gid, mode, device, inode, name; NUL-ended. */
  | { readonly do: "list"; readonly place: Place }
  /** `id`: as whom commands run there. */
  | { readonly do: "who" }
  /** The file system that the base lies on: type, mount point, options, size, free. */
  | { readonly do: "file-system" }
  /** Folders of one owner, made or put in order (mode and owner of the folder alone); safe to repeat. */
  | { readonly do: "make"; readonly places: readonly Place[]; readonly owner: Owner | "root"; readonly mode: number }
  /** Folders that aren't there, for nobody but root; of one that can't be made it tells why, as `make` does not. */
  | { readonly do: "create"; readonly places: readonly Place[] }
  /** A rename within one file system; refuses to replace what is there. */
  | { readonly do: "move"; readonly from: NamedPlace; readonly to: NamedPlace }
  /** Everything below, for good. Only from the trash. No link is followed, no other file system entered. */
  | { readonly do: "remove"; readonly place: Extract<Place, { kind: "trash" }> }
  /** Sizes added up (`du -sbx`), a line each, behind other work. Hard links count once. */
  | { readonly do: "measure"; readonly places: readonly NamedPlace[] }
  /**
   * The same of all directories in the base and of the base itself, in one walk. A file with names in two of them counts
   * to one; what is no directory, or a file system of its own, has no line.
   */
  | { readonly do: "measure-base" }
  // Kernel quotas.
  | { readonly do: "quota-state" }
  | { readonly do: "set-quotas"; readonly by: "project" | "user"; readonly lines: readonly QuotaLine[] }
  | { readonly do: "report-quotas"; readonly by: "project" | "user" }
  /** Gives the folder its project, inherited by what is made below; `all`: also to everything that is there already. */
  | { readonly do: "set-project"; readonly place: NamedPlace; readonly project: number; readonly all: boolean }
  /** Project number and flags of these themselves (`lsattr -dp`), a line each that has them. */
  | { readonly do: "attributes"; readonly places: readonly Place[] }
  /** The project numbers of everything below, behind other work. */
  | { readonly do: "list-projects"; readonly place: NamedPlace }
  // ZFS.
  | { readonly do: "zfs-version" }
  /**
   * Properties of these, `name property value`, tab-separated; `recursive`: and of what lies directly in them.
   * Exit code 1 when one of them isn't there: the others' lines are there all the same.
   */
  | {
      readonly do: "zfs-get";
      readonly properties: readonly string[];
      readonly places: readonly Place[];
      readonly recursive: boolean;
    }
  | { readonly do: "zfs-create"; readonly place: Place; readonly quota: number | null }
  | {
      readonly do: "zfs-set";
      readonly place: Place;
      readonly property: "quota" | "refquota" | "canmount";
      readonly value: string;
    }
  | { readonly do: "zfs-mount" | "zfs-unmount"; readonly place: NamedPlace }
  | { readonly do: "zfs-rename"; readonly from: NamedPlace; readonly to: NamedPlace }
  /** Only from the trash, with all its snapshots. */
  | { readonly do: "zfs-destroy"; readonly place: Extract<Place, { kind: "trash" }> }
  | { readonly do: "zfs-snapshot"; readonly place: NamedPlace; readonly snapshot: string }
  /** When it was made and what it holds, in the lines of `zfs-get`; `recursive`: of all subjects. */
  | { readonly do: "zfs-snapshots"; readonly place: Place; readonly recursive: boolean }
  | { readonly do: "zfs-destroy-snapshot"; readonly place: NamedPlace; readonly snapshot: string }
  | { readonly do: "zpool-status" };
