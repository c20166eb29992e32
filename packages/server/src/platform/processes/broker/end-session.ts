import type { SessionEnd, SessionRest } from "../contract.ts";
import type { ControlGroups } from "../control-groups/control-groups.ts";
import { killMarked, markedProcesses } from "./marked-processes.ts";

export interface SessionToEnd {
  readonly uid: number;
  /** The name of its control group. */
  readonly group: string;
  /** Null: its control group alone tells what is of it. */
  readonly marker: string | null;
  readonly how: SessionEnd;
}

/**
 * Looks for what is left of a session, and kills it. In both ways, as each finds what the other may miss: where no
 * group could be made there are the marks, and a mark can be cleaned away.
 * @param groups null: there are none on this machine
 */
export async function endSession(groups: ControlGroups | null, session: SessionToEnd): Promise<SessionRest> {
  const { uid, group, marker, how } = session;
  const marked = marker === null ? [] : markedProcesses(uid, marker).map(({ pid }) => pid);
  const found = new Set([...(groups?.programOf(group) ?? []), ...marked]).size;
  if (how === "look") return { found, left: found };
  if (how === "rest" && found === 0) {
    groups?.hostEnds(group);
    return { found, left: 0 };
  }
  const leftInGroup = (await groups?.end(group)) ?? 0;
  const leftMarked = marker === null ? 0 : await killMarked(uid, marker);
  return { found, left: Math.max(leftInGroup, leftMarked) };
}
