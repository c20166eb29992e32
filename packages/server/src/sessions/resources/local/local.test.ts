import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { describeResource } from "../contract-suite.ts";
import { createLocalResource } from "./local.ts";

describeResource("local", async () => {
  const root = mkdtempSync(join(tmpdir(), "stoa-local-"));
  // Deeper than a Unix socket's address can say.
  const runDirectory = join(root, "a-data-directory-far-down".repeat(4), "run", "sessions");
  mkdirSync(runDirectory, { recursive: true });
  const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0.2 };
  const opened = [createLocalResource({ runDirectory, limits })];
  const [resource] = opened as [(typeof opened)[number]];
  return {
    resource,
    reopen() {
      const again = createLocalResource({ runDirectory, limits });
      opened.push(again);
      return again;
    },
    async kill(jobId) {
      const host = JSON.parse(readFileSync(join(runDirectory, String(jobId), "host.json"), "utf8")) as ProcessIdentity;
      process.kill(host.pid, "SIGKILL");
    },
    async close() {
      for (const one of opened) one.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
});
