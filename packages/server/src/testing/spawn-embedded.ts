import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { removeDirectory } from "./remove-directory.ts";

export interface SpawnedServer {
  readonly child: ChildProcess;
  /** `url` when it runs; `message` and `remedy` when it refused to start. */
  readonly said: { readonly url: string; readonly message?: string; readonly remedy?: string };
  /** Sends the signal and waits for the process's end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Runs `embedded-server.ts` in a process of its own; resolves when it has said how the start went. */
export async function spawnEmbedded(
  dataDir: string,
  account: { uid: number; gid: number } | null = null,
): Promise<SpawnedServer> {
  const script = path.join(import.meta.dirname, "embedded-server.ts");
  const child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"], ...account });
  const [line] = await once(createInterface(child.stdout), "line");
  return {
    child,
    said: JSON.parse(String(line)),
    async end(signal) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}

/** A data directory for a test that runs servers of its own; removed when the run ends or was killed. */
export async function temporaryDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), `stoa-vitest-${process.pid}-`));
  await chmod(directory, 0o711);
  return { path: directory, remove: () => removeDirectory(directory) };
}
