import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../tests/support/external-postgres.ts";

const ANSWERS_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 25;

/** @returns milliseconds from `jupyter lab`, started as somebody would in a shell with that home, to its first page */
export async function labByHand(folder: string, home: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(
    join(folder, "bin/jupyter-lab"),
    [
      "--no-browser",
      "--allow-root",
      "--ip=127.0.0.1",
      `--port=${port}`,
      "--IdentityProvider.token=",
      `--notebook-dir=${home}`,
    ],
    { cwd: home, stdio: "ignore", env: { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: home, LANG: "C.UTF-8" } },
  );
  try {
    await untilAnswers(`http://127.0.0.1:${port}/lab`, child);
    return performance.now() - startedAt;
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (const until = performance.now() + ANSWERS_WITHIN_MS; ; await sleep(ASK_EVERY_MS)) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    if (child.exitCode !== null || performance.now() > until) throw new Error("jupyter lab does not answer");
  }
}
