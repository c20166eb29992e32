import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";

/** Names the folder they lie in, for the tests' processes. */
const VARIABLE = "VITEST_STOA_PROGRAMS";
const HOST_SOURCES = path.join(import.meta.dirname, "../sessions/host");

/** From now on everybody in this run is lent what lies in that folder: a data directory's `runtime`. */
export function lendFrom(runtime: string): void {
  process.env[VARIABLE] = runtime;
}

/**
 * Gives a data directory the run's copies of PostgreSQL's programs and of the session host without its types, which a
 * server would make for itself: that takes longer than the rest of its start. Nothing happens outside a run.
 */
export function lendPrograms(dataDir: string): void {
  const lent = process.env[VARIABLE];
  if (lent === undefined) return;
  const own = path.join(dataDir, "runtime");
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(lent)) symlinkSync(path.join(lent, name), path.join(own, name));
}

/** The session host's programs, absolute, as servers run them: without types. */
export function lentHost(): { readonly host: string; readonly task: string } {
  const lent = process.env[VARIABLE];
  const plain = lent === undefined ? undefined : readdirSync(lent).find((name) => name.startsWith("plain-host-"));
  return lent === undefined || plain === undefined
    ? { host: path.join(HOST_SOURCES, "main.ts"), task: path.join(HOST_SOURCES, "task.ts") }
    : { host: path.join(lent, plain, "main.mjs"), task: path.join(lent, plain, "task.mjs") };
}
