/**
 * The real server, whose storage's driver lists the snapshots that the file TEST_SNAPSHOTS names, as OpenZFS has them:
 * `.zfs/snapshot/<name>` in each person's directory. Tests lay them there; see `make-snapshots.ts`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SNAPSHOTS } from "../../packages/server/src/platform/processes/inside-storage.ts";
import { serve } from "../../packages/server/src/serve.ts";
import type {
  Snapshot,
  Snapshots,
  StorageDriver,
  Subject,
} from "../../packages/server/src/storage/drivers/contract.ts";
import type { Listed } from "./make-snapshots.ts";

function listed(): Snapshot[] {
  const all = JSON.parse(readFileSync(process.env.TEST_SNAPSHOTS ?? "", "utf8")) as readonly Listed[];
  return all.map(({ person, name, at }) => ({
    kind: "user",
    name: person,
    snapshot: name,
    createdAt: new Date(at),
    used: 0,
  }));
}

const outcome = ({ kind, name }: Subject) => ({ kind, name, code: "failed", problem: "laid by tests" }) as const;

const snapshotsOf = (driver: StorageDriver): Snapshots => ({
  list: async () => listed(),
  of: async ({ kind, name }) => listed().filter((one) => one.kind === kind && one.name === name),
  take: async (subjects) => subjects.map(outcome),
  remove: async (subject) => outcome(subject),
  directoryOf(subject, name) {
    const directory = driver.state.directoryOf(subject);
    return directory && join(directory, ...SNAPSHOTS, name);
  },
});

await serve({
  env: process.env,
  cwd: process.cwd(),
  extend: ({ storage: { driver } }) => void Object.assign(driver, { snapshots: snapshotsOf(driver) }),
});
process.exit(0);
