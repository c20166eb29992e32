/** How long a person waits for `npm start` on a prepared checkout, warm data directory, until it says it is ready. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { newDataDir } from "../tests/support/stoa-process.ts";
import { median } from "./support/median.ts";
import { atMost, print } from "./support/report.ts";

const root = join(import.meta.dirname, "..");
const dataDir = newDataDir();

function startOnce(): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn("npm", ["start"], {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, STOA_PORT: "0", STOA_DATA_DIR: dataDir, STOA_LOG_LEVEL: "warn" },
    });
    let text = "";
    let took = Number.NaN;
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (!Number.isNaN(took) || !text.includes("Stoa is ready at")) return;
      took = performance.now() - startedAt;
      // npm does not pass every signal on: the group is npm, the launcher and the server.
      process.kill(-(child.pid as number), "SIGTERM");
    });
    child.once("exit", () => (Number.isNaN(took) ? reject(new Error(`it ended:\n${text}`)) : resolve(took)));
  });
}

await startOnce(); // makes the database
const seconds: number[] = [];
for (let round = 0; round < 5; round += 1) seconds.push((await startOnce()) / 1000);
rmSync(dataDir, { recursive: true, force: true });
print({
  name: "Start",
  rows: [atMost("`npm start` on a prepared checkout until it is ready", Number(median(seconds).toFixed(2)), 3, "s")],
});
