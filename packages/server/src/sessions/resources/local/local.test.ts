import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lentHost } from "../../../testing/lent-programs.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { type Driver, describeResource } from "../contract-suite.ts";
import { createLocalResource, type LocalApart } from "./local.ts";
import { chooseMeans, noMeans } from "./means/local-means.ts";
import { findMachine } from "./means/machine.ts";

const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0.2 };

/** All as the account that runs the tests. */
async function openLocal(isolation: "none" | "sandbox"): Promise<Driver> {
  const root = mkdtempSync(join(tmpdir(), "stoa-local-"));
  // Deeper than a Unix socket's address can say.
  const data = join(root, "a-data-directory-far-down".repeat(4));
  const runDirectory = join(data, "run", "sessions");
  mkdirSync(runDirectory, { recursive: true });
  const apart: LocalApart = {
    means: isolation === "none" ? noMeans : await sandbox(),
    places: { writable: [], hidden: [data], readable: [dirname(process.execPath)] },
    homes: join(data, "homes"),
  };
  const hostProgram = async () => lentHost().host;
  const opened = [createLocalResource({ runDirectory, limits, apart, hostProgram })];
  const [resource] = opened as [(typeof opened)[number]];
  return {
    resource,
    reopen() {
      const again = createLocalResource({ runDirectory, limits, apart, hostProgram });
      opened.push(again);
      return again;
    },
    async kill(jobId) {
      const host = JSON.parse(readFileSync(join(runDirectory, String(jobId), "host.json"), "utf8")) as ProcessIdentity;
      process.kill(host.pid, "SIGKILL");
    },
    expected: { isolation, network: "shared" },
    hidden: data,
    async close() {
      for (const one of opened) one.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What an ordinary account gets where bubblewrap works and nothing leads a network out. */
async function sandbox(): Promise<LocalApart["means"]> {
  const machine = { ...(await findMachine()), wayOut: { why: "the test has none" } };
  const config = { localIsolation: "sandbox", sessions: { network: "auto" } } as const;
  return chooseMeans(config, { accounts: false, isRoot: false, machine });
}

describeResource("local, with nothing that keeps jobs apart", () => openLocal("none"));

/** CI installs it. */
if (existsSync("/usr/bin/bwrap") || process.env.STOA_PEERS === "required") {
  describeResource("local, each job in an enclosure", () => openLocal("sandbox"));
}
