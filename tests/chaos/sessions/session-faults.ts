import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StoaProcess } from "../../support/stoa-process.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { findHosts } from "./reality.ts";
import type { SessionLedger } from "./session-ledger.ts";

/** Whose death a round brings, at one moment. */
export const SESSION_FAULTS = ["server", "host", "both"] as const;
export type SessionFault = (typeof SESSION_FAULTS)[number];

/** @returns whether the server has to be started again */
export async function strike(
  fault: SessionFault,
  stoa: StoaProcess,
  ledger: SessionLedger,
  random: SeededRandom,
): Promise<boolean> {
  const blows: (() => void)[] = [];
  if (fault !== "host") blows.push(serverBlow(stoa, ledger, random));
  if (fault !== "server") blows.push(...hostBlow(stoa.dataDir, ledger, random));
  if (random.next() < 0.5) blows.reverse();
  for (const blow of blows) blow();
  if (fault !== "host") await stoa.ended;
  return fault !== "host";
}

/** As root either of the two: the broker or the server. */
function serverBlow(stoa: StoaProcess, ledger: SessionLedger, random: SeededRandom): () => void {
  const isBroker = random.next() < 0.4;
  const pid = isBroker ? stoa.pid : stoa.serverPid();
  ledger.write({ what: "kill", of: isBroker ? "broker" : "server" });
  return () => process.kill(pid, "SIGKILL");
}

/** One of those there are, often the youngest, which is in the middle of starting; rarely one whose program has ended. */
function hostBlow(dataDir: string, ledger: SessionLedger, random: SeededRandom): (() => void)[] {
  const hasEnded = (jobId: number) => existsSync(join(dataDir, "run/sessions", String(jobId), "exit.json"));
  const all = [...findHosts(dataDir)].sort(([a], [b]) => a - b);
  const live = all.filter(([jobId]) => !hasEnded(jobId));
  const hosts = random.next() < 0.9 && live.length > 0 ? live : all;
  const chosen = random.next() < 0.4 ? hosts.at(-1) : hosts[random.between(0, Math.max(0, hosts.length - 1))];
  if (chosen === undefined) return [];
  const [jobId, pids] = chosen;
  ledger.write({ what: "kill", of: "host", jobId });
  return pids.map((pid) => () => end(pid));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself at this very moment.
  }
}
