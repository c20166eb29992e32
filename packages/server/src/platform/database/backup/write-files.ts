import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, lchown, link, mkdir, open, readdir, rmdir, symlink, utimes } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { StartError } from "../../errors/start-error.ts";
import { damaged } from "./damaged.ts";
import type { Move } from "./durable-files.ts";
import { FILE_ROOTS, type FileEntry } from "./read-files.ts";
import { removeStaging } from "./remove-staging.ts";

const asRoot = process.getuid?.() === 0;

/** Puts files into a directory of its own first, and in their place when all is there. */
export interface FileRestore {
  write(entry: FileEntry, content: AsyncIterable<Buffer>): Promise<void>;
  /** Where what was written waits. */
  readonly staging: string;
  /** In the names of what is set aside. */
  readonly mark: string;
  /** Makes what was written safe. @returns what puts it in its place, and what stands there aside. */
  finish(): Promise<Move[]>;
  /** Removes what is not in its place. */
  discard(): Promise<void>;
}

/** @throws StartError when there are files already and `replace` is false. */
export async function createFileRestore(dataDir: string, replace: boolean): Promise<FileRestore> {
  if (!replace) await refusePresent(dataDir);
  const mark = `${new Date().toISOString().replaceAll(":", "-")}-${randomBytes(3).toString("hex")}`;
  const staging = path.join(dataDir, `restore.tmp-${mark}`);
  await mkdir(staging, { mode: 0o700 });
  const folders: FileEntry[] = [];
  const known = { folders: new Set<string>(), files: new Set<string>() };
  return {
    staging,
    mark,
    async write(entry, content) {
      checkEntry(entry, known);
      const at = place(staging, entry);
      if (entry.type === "folder") {
        await mkdir(at, { mode: 0o700 });
        folders.push(entry);
      } else {
        await writeLeaf(staging, entry, at, content);
      }
    },
    async finish() {
      // Children before parents: a folder that is closed for writing takes nothing more, and a new child changes its time.
      for (const folder of folders.reverse()) await applyAttributes(folder, place(staging, folder));
      // Node has no sync(); without the program the files are merely as safe as the kernel's own rhythm makes them.
      await promisify(execFile)("/bin/sync", ["-f", staging]).catch(() => undefined);
      const moves: Move[] = [];
      for (const root of FILE_ROOTS.filter((name) => known.folders.has(name))) {
        const target = path.join(dataDir, root);
        if (await isWorthKeeping(target)) moves.push({ from: target, to: `${target}.before-restore-${mark}` });
        moves.push({ from: path.join(staging, root), to: target });
      }
      return moves;
    },
    async discard() {
      await removeStaging(staging);
    },
  };
}

async function refusePresent(dataDir: string): Promise<void> {
  for (const root of FILE_ROOTS) {
    const found = await readdir(path.join(dataDir, root)).catch(() => []);
    if (found.length === 0) continue;
    throw new StartError(
      `There are files in ${path.join(dataDir, root)} already.`,
      "Restore into an empty data directory, or say --replace: what is there is then kept aside.",
    );
  }
}

/** Removes it when it is an empty folder. */
async function isWorthKeeping(target: string): Promise<boolean> {
  return rmdir(target).then(
    () => false,
    (error) => {
      if (error.code === "ENOENT") return false;
      if (error.code === "ENOTEMPTY" || error.code === "EEXIST") return true;
      throw error;
    },
  );
}

/** Every name must stand in a folder that the backup itself made: no `..`, and no way through a symlink. */
function checkEntry(entry: FileEntry, known: { folders: Set<string>; files: Set<string> }): void {
  const full = entry.path === "" ? entry.root : `${entry.root}/${entry.path}`;
  const names = full.split("/");
  const sound =
    (FILE_ROOTS as readonly string[]).includes(entry.root) &&
    names.every((name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0")) &&
    (names.length === 1 ? entry.type === "folder" : known.folders.has(names.slice(0, -1).join("/"))) &&
    (entry.type !== "hardlink" || known.files.has(`${entry.root}/${entry.target}`));
  if (!sound) throw damaged(`the file entry ${JSON.stringify(full)} leads where it must not`);
  if (entry.type === "folder") known.folders.add(full);
  if (entry.type === "file") known.files.add(full);
}

function place(staging: string, { root, path: below }: { root: string; path: string }): Buffer {
  return Buffer.concat([Buffer.from(`${path.join(staging, root)}/`), Buffer.from(below, "latin1")]);
}

async function writeLeaf(staging: string, entry: FileEntry, at: Buffer, content: AsyncIterable<Buffer>): Promise<void> {
  if (entry.type === "symlink") {
    await symlink(Buffer.from(entry.target ?? "", "latin1"), at);
    if (asRoot) await lchown(at, entry.uid, entry.gid);
  } else if (entry.type === "hardlink") {
    await link(place(staging, { root: entry.root, path: entry.target ?? "" }), at);
  } else {
    await writeContent(at, content);
    await applyAttributes(entry, at);
  }
}

/** Chunks of zeros become holes. */
async function writeContent(at: Buffer, content: AsyncIterable<Buffer>): Promise<void> {
  await using file = await open(at, "wx", 0o600);
  let position = 0;
  for await (const chunk of content) {
    if (!isZero(chunk)) await file.write(chunk, 0, chunk.length, position);
    position += chunk.length;
  }
  await file.truncate(position);
}

function isZero(chunk: Buffer): boolean {
  return chunk.length >= 4096 && chunk[0] === 0 && chunk.subarray(1).equals(chunk.subarray(0, -1));
}

async function applyAttributes(entry: FileEntry, at: Buffer): Promise<void> {
  // The owner first: changing it takes the set-user-id bits away.
  if (asRoot) await chown(at, entry.uid, entry.gid);
  await chmod(at, asRoot ? entry.mode : entry.mode & 0o777);
  await utimes(at, new Date(), entry.mtimeMs / 1000);
}
