/** A restore in a process of its own, for tests that kill it: `node test-restore-process.ts <url> <source> <data directory>`. */
import path from "node:path";
import { barrierMigrations } from "../../../testing/commit-barrier.ts";
import { restoreDatabase } from "./restore.ts";

const [connectionString = "", source = "", dataDir = ""] = process.argv.slice(2);
await restoreDatabase({
  connectionString,
  source,
  dataDir,
  replace: true,
  secretKeyFile: path.join(dataDir, "keys", "secret"),
  sealKey: null,
  endSessions: async () => undefined,
  migrations: barrierMigrations,
});
process.stdout.write("restored\n");
