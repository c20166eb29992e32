import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Logger } from "pino";
import { openToAll } from "./readable-sources.ts";

export interface PlainOptions {
  /** A folder of sources that imports nothing of ours from outside of it; absolute. */
  readonly folder: string;
  /** Packages that it can't do without. */
  readonly packages: readonly string[];
  readonly dataDir: string;
  readonly log: Pick<Logger, "warn">;
}

const STRIP = fileURLToPath(new URL("./strip-types.ts", import.meta.url));
const STRIP_WITHIN_MS = 30_000;

/**
 * The same folder as plain JavaScript, `.mjs` for `.ts`, in the data directory, made when it is not there yet. Who
 * runs one process each for hundreds of people pays for each that strips types by itself: Node then holds 26 MiB more
 * and takes 0.1 s longer to start (bench/RESULTS.md).
 * @returns its absolute path; null when it can't be had: the folder itself will do
 */
export async function plainSources(options: PlainOptions): Promise<string | null> {
  const { folder, dataDir, log } = options;
  try {
    const root = path.join(dataDir, "runtime");
    const copy = path.join(root, `plain-${path.basename(folder)}-${await fingerprint(folder)}`);
    if (!existsSync(copy)) await makePlain(options, root, copy);
    return copy;
  } catch (error) {
    log.warn({ err: error, folder }, "no plain copy of the program could be made; it runs as it is");
    return null;
  }
}

/** Appears under its name only when it is whole. */
async function makePlain({ folder, packages }: PlainOptions, root: string, copy: string): Promise<void> {
  const draft = `${copy}.tmp-${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(draft, { recursive: true, mode: 0o755 });
    await chmod(root, 0o755);
    const args = ["--no-warnings", STRIP, folder, draft];
    await promisify(execFile)(process.execPath, args, { timeout: STRIP_WITHIN_MS, env: {} });
    await symlink(packagesOf(folder, packages), path.join(draft, "node_modules"));
    await openToAll(draft);
    await rename(draft, copy);
  } catch (error) {
    // Another server may have made it at the same moment.
    if (!existsSync(copy)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The `node_modules` that all of them are found in. */
function packagesOf(folder: string, packages: readonly string[]): string {
  const require = createRequire(path.join(folder, "main.ts"));
  const folders = require.resolve.paths(packages[0] ?? "") ?? [];
  const found = folders.find((one) => packages.every((name) => existsSync(path.join(one, name))));
  if (found === undefined) throw new Error(`${packages.join(" and ")} are not installed side by side`);
  return found;
}

/** Changes when anything in the folder does, or where its packages are, or Node. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256").update(`${process.version} ${folder}\n`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`${path.relative(folder, file)}\n`).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}
