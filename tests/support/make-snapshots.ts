import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SNAPSHOTS } from "../../packages/server/src/platform/processes/inside-storage.ts";

/** A snapshot as the server of `stoa-with-snapshots.ts` reads it. */
export interface Listed {
  readonly person: string;
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface SnapshotMaker {
  /** What a server needs besides the settings of its storage. */
  readonly env: { readonly TEST_SNAPSHOTS: string };
  /** Copies somebody's directory as it is, as if that had been at this moment. @param directory theirs */
  take(person: string, directory: string, name: string, at: Date): void;
}

/** @param folder for the list of them; the server reads it */
export function makeSnapshots(folder: string): SnapshotMaker {
  const list = join(folder, "snapshots.json");
  const all: Listed[] = [];
  const write = () => writeFileSync(list, JSON.stringify(all), { mode: 0o644 });
  write();
  return {
    env: { TEST_SNAPSHOTS: list },
    take(person, directory, name, at) {
      const to = join(directory, ...SNAPSHOTS, name);
      mkdirSync(to, { recursive: true });
      const entries = readdirSync(directory).filter((entry) => entry !== SNAPSHOTS[0]);
      execFileSync("cp", ["-a", "--", ...entries.map((entry) => join(directory, entry)), to]);
      all.push({ person, name, at: at.toISOString() });
      write();
    },
  };
}
