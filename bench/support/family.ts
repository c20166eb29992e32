import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A session's host and its program, as they stand in the run directory. */
export interface HostPids {
  readonly jobId: number;
  readonly host: number;
  readonly program: number;
}

/** Of sessions that go on. */
export function hostsIn(dataDir: string): HostPids[] {
  const runs = join(dataDir, "run/sessions");
  const pidIn = (jobId: string, name: string) =>
    (JSON.parse(readFileSync(join(runs, jobId, name), "utf8")) as { pid: number }).pid;
  return readdirSync(runs)
    .filter((name) => /^\d+$/.test(name) && !existsSync(join(runs, name, "exit.json")))
    .map((name) => ({ jobId: Number(name), host: pidIn(name, "host.json"), program: pidIn(name, "child.json") }));
}

/** Bytes of a process: resident, its share of what several hold (PSS), and what it alone holds (proc(5)). */
export function memoryOf(pid: number): { readonly rss: number; readonly pss: number; readonly own: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
  const own = kib("Private_Clean") + kib("Private_Dirty");
  return { rss: kib("Rss") * 1024, pss: kib("Pss") * 1024, own: own * 1024 };
}

/** The first line of postmaster.pid is the process that all of the embedded database's descend from. */
export function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
}
