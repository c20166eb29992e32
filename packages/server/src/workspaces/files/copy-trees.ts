import { spawn } from "node:child_process";
import { once } from "node:events";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OpenFolder } from "./descriptor-walk.ts";

/** What of its complaints is told. */
const SAID_BYTES = 2_000;
const LINE = 10;
const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };

/**
 * Copies a folder with all that is in it to a name in another, as it is: owners, modes, times, links, holes, attributes,
 * names that are one file. What is there already and no older stays. Both are given to `cp` as open descriptors.
 * @param onFile called for each thing it has copied
 * @throws StoaError conflict: what cp said
 */
export async function copyTree(
  source: OpenFolder,
  target: { readonly folder: OpenFolder; readonly name: string },
  signal: AbortSignal,
  onFile: () => void,
): Promise<void> {
  const flags = ["--archive", "--update", "--preserve=xattr", "--one-file-system", "--sparse=auto", "--reflink=auto"];
  await runOn(
    ["cp", ...flags, "--verbose", "--no-target-directory", "/proc/self/fd/3/.", `/proc/self/fd/4/${target.name}`],
    [source, target.folder],
    signal,
    onFile,
  );
}

/** Waits until all that was written to its file system is on the disk. */
export async function syncFileSystem(folder: OpenFolder, signal: AbortSignal): Promise<void> {
  await runOn(["sync", "--file-system", "/proc/self/fd/3/."], [folder], signal);
}

/** @param folders become its descriptors from 3 on */
async function runOn(
  [program, ...args]: readonly [string, ...string[]],
  folders: readonly OpenFolder[],
  signal: AbortSignal,
  onLine: () => void = () => undefined,
): Promise<void> {
  signal.throwIfAborted();
  const descriptors = folders.map(({ descriptor }) => descriptor);
  const child = spawn(program, args, { env: ENVIRONMENT, cwd: "/", stdio: ["ignore", "pipe", "pipe", ...descriptors] });
  const kill = () => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  let said = Buffer.alloc(0);
  child.stdout?.on("data", (chunk: Buffer) => {
    for (let at = chunk.indexOf(LINE); at !== -1; at = chunk.indexOf(LINE, at + 1)) onLine();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    if (said.length < SAID_BYTES) said = Buffer.concat([said, chunk]).subarray(0, SAID_BYTES);
  });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    signal.throwIfAborted();
    if (code === 0) return;
    const problem = `${program} could not do it: ${said.toString("utf8").trim() || "it was killed"}`;
    throw new StoaError("conflict", { details: { problem } });
  } finally {
    signal.removeEventListener("abort", kill);
  }
}
