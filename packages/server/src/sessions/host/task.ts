/**
 * What is to be done in a session's run folder when no host is there to do it, as the person whose folder it is: who
 * may write into a folder could lead anybody else astray there. `node task.ts <folder> <task>`, with JSON on standard
 * input. Exit code 3: `forbid` came too late.
 */
import { readFileSync } from "node:fs";
import { readJson } from "./atomic-file.ts";
import { type ExitFile, RUN_FILES } from "./job-file.ts";
import { clearFolder, forbidStart, killHost, settleDeadHost } from "./leftovers.ts";
import { isAlive, type ProcessIdentity, runsAs } from "./process-identity.ts";

const TOO_LATE = 3;

const [folder = ".", task] = process.argv.slice(2);
process.chdir(folder);
const input = JSON.parse(readFileSync(0, "utf8")) as {
  message: string;
  marker: string | null;
  cause: ExitFile["cause"];
};

switch (task) {
  case "forbid":
    process.exit(forbidStart(".", input.message, input.marker) ? 0 : TOO_LATE);
    break;
  case "settle":
    await settle();
    break;
  case "kill":
    killHost(".");
    break;
  case "clear":
    clearFolder(".");
    break;
  default:
    throw new Error(`There is no task ${task}.`);
}
process.exit(0);

async function settle(): Promise<void> {
  const host = readJson(RUN_FILES.host) as ProcessIdentity | undefined;
  if (host === undefined || !("pid" in host)) return;
  if (isAlive(host) && runsAs(host.pid, process.getuid?.() ?? -1)) return;
  await settleDeadHost(".", host, { cause: input.cause, message: input.message });
}
