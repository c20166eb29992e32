import { spawn } from "node:child_process";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../packages/server/src/main.ts");

export interface FailedStart {
  readonly code: number | null;
  /** Standard output and error together. */
  readonly output: string;
}

/** Starts a real server that is not to come up, and waits until it has given up. Kills it when it doesn't. */
export function failToStart(env: Readonly<Record<string, string>>, withinMs = 60_000): Promise<FailedStart> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", STOA_PORT: "0", ...env },
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    if (output.includes("Stoa is ready at")) child.kill("SIGTERM");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}
