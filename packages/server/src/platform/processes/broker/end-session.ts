import type { SessionEnd, SessionRest } from "../contract.ts";
import type { ControlGroups } from "../control-groups/control-groups.ts";
import { killMarked, type MarkedEnd, markedProcesses } from "./marked-processes.ts";

const NONE: MarkedEnd = { found: [], left: 0 };

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
 * group could be made there are the marks, and a mark can be cleaned away. The group goes first: it needs no search,
 * and what is in it can make none longer.
 * @param groups null: there are none on this machine
 */
export async function endSession(groups: ControlGroups | null, session: SessionToEnd): Promise<SessionRest> {
  const { uid, group, marker, how } = session;
  const inGroup = groups?.programOf(group) ?? [];
  if (how === "look" || (how === "rest" && inGroup.length === 0)) {
    const marked = marker === null ? [] : await markedProcesses(uid, marker);
    const found = new Set([...inGroup, ...marked.map(({ pid }) => pid)]).size;
    if (how === "rest" && found === 0) groups?.hostEnds(group);
    if (how === "look" || found === 0) return { found, left: found };
  }
  const leftInGroup = (await groups?.end(group)) ?? 0;
  const marked = marker === null ? NONE : await killMarked(uid, marker);
  return { found: new Set([...inGroup, ...marked.found]).size, left: Math.max(leftInGroup, marked.left) };
}
