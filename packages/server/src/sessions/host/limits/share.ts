import type { ChildFile, JobFile, Used } from "../job-file.ts";
import type { ProgramEnd } from "../program.ts";
import { type Hits, hitsIn, peakIn, usedIn } from "./group.ts";
import { type Watched, watchTree } from "./watch-tree.ts";

/** What a session may take, and takes. */
export interface Share {
  /** Its program runs. */
  begin(child: Pick<ChildFile, "pid" | "startTime">): void;
  used(): Used | null;
  /** To be called every few seconds. */
  tick(): void;
  /** The sentence for people when it ended because it took too much; null: that is not why. */
  whyEnded(end: ProgramEnd): string | null;
  stop(): void;
}

const MIB = 2 ** 20;
/** A shell tells so of what was killed. */
const KILLED = 128 + 9;

/** @param onOver told once, where nobody but us keeps it to its share */
export function createShare(
  { allowance, marker }: Pick<JobFile, "allowance" | "marker">,
  onOver: (message: string) => void,
): Share {
  const group = allowance?.cgroup ?? null;
  let before: Hits = { killed: 0, refused: 0 };
  let watched: Watched | null = null;

  return {
    begin(child) {
      if (allowance === undefined) return;
      if (group !== null) before = hitsIn(group);
      if (group?.limits != null) return;
      watched = watchTree(child, marker, allowance, (what, used) =>
        onOver(
          what === "processes"
            ? `It had ${used} processes and threads, and ${allowance.processes} are allowed.`
            : `It took ${mebibytes(used)} MiB of memory, and ${mebibytes(allowance.memoryBytes)} MiB are allowed.`,
        ),
      );
    },
    used: () => watched?.used() ?? (group === null ? null : usedIn(group)),
    whyEnded({ code, signal }) {
      if (allowance === undefined || group?.limits == null) return null;
      const { killed, refused } = hitsIn(group);
      const peak = peakIn(group);
      if (killed > before.killed && (signal === "SIGKILL" || code === KILLED)) {
        const used = mebibytes(peak.memoryBytes ?? allowance.memoryBytes);
        return `It needed more memory than it may have: it took ${used} MiB, and ${mebibytes(allowance.memoryBytes)} MiB are allowed.`;
      }
      if (refused > before.refused && code !== 0) {
        return `It needed more processes than it may have: it had ${peak.processes ?? allowance.processes}, and ${allowance.processes} are allowed.`;
      }
      return null;
    },
    tick: () => watched?.tick(),
    stop: () => watched?.stop(),
  };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / MIB);
}
