import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ledger } from "../ledger.ts";
import type { LaunchLine } from "./launch-ledger.ts";

export interface WatchedProcesses {
  /** Reads what the servers have said since, and looks whether two of one person live. */
  look(): void;
}

/** The ledger of what the spawner has really started: by the servers' own lines, and by the kernel. */
export function watchProcesses(base: string, ledger: Ledger<LaunchLine>): WatchedProcesses {
  const file = join(base, "starts");
  const living = new Map<string, { pid: number; startedAt: number }[]>();
  let read = 0;

  function note(line: string): void {
    const [event, user = "", pidText, atText] = line.split(" ");
    const [pid, at] = [Number(pidText), Number(atText)];
    ledger.write({ what: "process", event: event as "start", user, pid, when: at });
    const others = (living.get(user) ?? []).filter((one) => one.pid !== pid && isServer(one.pid));
    // Read later than it was written: one that began before this one's end lived beside it.
    const beside = event === "start" ? others : others.filter(({ startedAt }) => startedAt < at);
    if (beside.length > 0)
      ledger.write({ what: "double", user, pids: [...beside.map((one) => one.pid), pid], when: at });
    living.set(user, event === "start" ? [...others, { pid, startedAt: at }] : others);
  }

  return {
    look() {
      if (!existsSync(file)) return;
      const text = readFileSync(file, "utf8");
      const whole = text.slice(read, text.lastIndexOf("\n") + 1);
      read += whole.length;
      for (const line of whole.split("\n").filter((each) => each !== "")) note(line);
    },
  };
}

function isServer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("tiny_server.py");
  } catch {
    return false;
  }
}
