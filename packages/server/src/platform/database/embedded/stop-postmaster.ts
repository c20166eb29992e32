import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "../process-identity.ts";

/** PostgreSQL's fast shutdown first; the immediate one (recovery at the next start, nothing lost) when that hangs. */
const steps: readonly (readonly [signal: NodeJS.Signals, waitMs: number])[] = [
  ["SIGINT", 60_000],
  ["SIGQUIT", 10_000],
  ["SIGKILL", 5_000],
];

/** Ends the server and waits until it has ended. `atOnce`: it writes nothing more, and recovers at its next start. */
export async function stopPostmaster(postmaster: ProcessIdentity, { atOnce = false } = {}): Promise<void> {
  for (const [signal, waitMs] of atOnce ? steps.slice(1) : steps) {
    if (!isRunning(postmaster)) return;
    try {
      process.kill(postmaster.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
    for (const deadline = Date.now() + waitMs; isRunning(postmaster) && Date.now() < deadline; ) await sleep(15);
  }
}
