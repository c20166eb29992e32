import { closeSync, openSync, readSync } from "node:fs";
import { isRunning, type ProcessStat, parseStat } from "../process-identity.ts";

/** Few processes that lie still, looked at by files that stay open: two reads for each. */
export interface QuickLook {
  /** Pages that they hold; null: one has ended, or had a child that did, or has another now. */
  residentPages(): number | null;
  close(): void;
}

/** More are looked at properly: each keeps two files open. */
const MOST = 8;
const buffer = Buffer.alloc(4096);

/** Null: there are too many, or one is gone already. */
export function openQuickLook(processes: readonly ProcessStat[]): QuickLook | null {
  if (processes.length > MOST) return null;
  const held: { readonly before: ProcessStat; readonly stat: number; readonly children: number; family: string }[] = [];
  const files: number[] = [];
  const open = (path: string): number => {
    const file = openSync(path, "r");
    files.push(file);
    return file;
  };
  const close = (): void => {
    for (const file of files.splice(0)) closeSync(file);
  };
  try {
    for (const before of processes) {
      const children = open(`/proc/${before.pid}/task/${before.pid}/children`);
      held.push({ before, stat: open(`/proc/${before.pid}/stat`), children, family: textOf(children) });
    }
  } catch {
    close();
    return null;
  }
  return {
    residentPages() {
      try {
        let pages = 0;
        for (const { before, stat, children, family } of held) {
          const now = parseStat(before.pid, textOf(stat));
          const isSame = isRunning(now) && now.reaped === before.reaped && now.threads === before.threads;
          if (!isSame || textOf(children) !== family) return null;
          pages += now.residentPages;
        }
        return pages;
      } catch {
        return null;
      }
    },
    close,
  };
}

function textOf(file: number): string {
  return buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, 0));
}
