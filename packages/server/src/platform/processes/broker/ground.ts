import type { Logger } from "pino";
import type { UidRange } from "../uid-range.ts";
import type { Errand } from "./errands.ts";
import type { StorageBase } from "./houses.ts";

/** What the broker stands on; nothing of it comes from whoever asks. */
export interface BrokerGround {
  /** Absolute, without links in it. */
  readonly dataDir: string;
  readonly range: UidRange;
  /** Whom the server runs as. It reaches sessions' sockets through the group. */
  readonly server: { readonly uid: number; readonly gid: number };
  /** Owners of what an earlier server made: theirs is taken over for the person. */
  readonly formerOwners: ReadonlySet<number>;
  /** Made once for this data directory, known to root only: its accounts carry it. */
  readonly installation: string;
  readonly programs: Programs;
  /** Does what is asked for on the storage host; null: not here. */
  readonly storage: Errand | null;
  readonly storageBase: StorageBase;
  readonly log: Logger;
}

/** The programs that may be run as a person; absolute paths. */
export interface Programs {
  readonly node: string;
  readonly agent: string;
  readonly sessionHost: string;
  /** Does a session task other than `host`. */
  readonly sessionTask: string;
}

/** Where a person's things lie. */
export const PLACES = {
  workspaces: "workspaces",
  trash: "trash",
  homes: "homes",
  run: "run/sessions",
} as const;
