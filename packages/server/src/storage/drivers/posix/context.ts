import type { Logger } from "pino";
import type { Owner } from "../../hosts/contract.ts";
import type { DriverState } from "../contract.ts";
import type { Ask } from "./ask.ts";
import type { QuotaBy } from "./kernel-quotas.ts";

export interface PosixOptions {
  readonly enforcement: "auto" | QuotaBy | "off";
  readonly ownership: "contract" | "account";
  /** The base path, absolute; no slash at the end. */
  readonly base: string;
  /** Whose directories are many people's: no quota is set by this uid. Left out: there is none such. */
  readonly commonUid?: number;
  /** Whether directories are known that should be in it: then it is no base that is begun with. Left out: none are. */
  readonly isInUse?: () => Promise<boolean>;
  readonly log: Logger;
}

/** What the last probe found. */
export interface Probed {
  readonly state: DriverState;
  /** As whom commands run. */
  readonly self: Owner;
  /** By which quotas people are held. */
  readonly by: QuotaBy | null;
  /** The base's own device and inode: another one there means that it was unmounted, or mounted over. */
  readonly device: number;
  readonly inode: number;
  /** Where its file system is mounted. */
  readonly target: string;
}

export interface PosixContext extends PosixOptions {
  readonly ask: Ask;
  /** Looks at it anew; what is wrong is in the state. */
  probe(): Promise<Probed>;
  /**
   * As last probed, and well; probes where it wasn't.
   * @throws BackEndAway with the problem
   */
  ready(): Promise<Probed>;
}

/** Whether this uid's quota is one directory's. */
export function isOnesOwn({ commonUid }: PosixOptions, uid: number): boolean {
  return uid !== 0 && uid !== commonUid;
}
