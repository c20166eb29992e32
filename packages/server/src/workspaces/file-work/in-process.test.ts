import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createDirectories } from "../files/directories.ts";
import { fileWorkSuite } from "./contract-suite.ts";
import { createInProcessFileWork } from "./in-process.ts";

fileWorkSuite("in this process", async () => {
  const home = await mkdtemp(path.join(tmpdir(), "stoa-file-work-"));
  const directories = createDirectories(home, "node");
  const files = createInProcessFileWork({ directories, symlinkRoots: [] });
  return {
    files,
    accountId: 1,
    otherId: 2,
    shell: (accountId, workspace, script) => {
      execFileSync("sh", ["-ec", script], { cwd: directories.workspacePath(accountId, workspace) });
    },
    descriptors: () => readdirSync("/proc/self/fd").length,
    async close() {
      await files.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
});
