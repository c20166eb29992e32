import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isSeen } from "../../../host/enclosure/file-view.ts";
import type { Enclosure } from "../../../host/job-file.ts";

/** In whose hands a session's program is. */
export interface Sight {
  /** Undefined: nothing encloses it. */
  readonly enclosure: Enclosure | undefined;
  /** It runs as its owner's own system account. */
  readonly account: boolean;
}

/** Whether what lies at this path of the machine is there for a session as well. */
export function isInSight(path: string, { enclosure, account }: Sight): boolean {
  if (enclosure !== undefined && !isSeen(path, enclosure)) return false;
  return !account || isOpenToOthers(path);
}

/**
 * Whether somebody else than the owners of what is on the way gets there: root, who looks, gets everywhere. What a
 * group is let into counts as open, but for root's own: who is in it is not known here.
 */
function isOpenToOthers(path: string): boolean {
  try {
    const real = realpathSync(path);
    if (!isOpen(real, statSync(real).isDirectory() ? 0o011 : 0o055)) return false;
    for (let at = dirname(real); at !== dirname(at); at = dirname(at)) if (!isOpen(at, 0o011)) return false;
    return true;
  } catch {
    return false;
  }
}

function isOpen(path: string, bits: number): boolean {
  const { mode, gid } = statSync(path);
  return (mode & bits & 0o007) !== 0 || (gid !== 0 && (mode & bits & 0o070) !== 0);
}
