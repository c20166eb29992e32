import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink } from "node:fs/promises";
import path from "node:path";

/** The parts of the data directory that hold people's files. Workspaces first: what moves goes from them to the trash. */
export const FILE_ROOTS = ["workspaces", "trash", "homes"] as const;

/** One thing in the tree. `path` is below its root, as Latin-1 text of its bytes: names need not be UTF-8. */
export interface FileEntry {
  readonly root: string;
  readonly path: string;
  readonly type: "file" | "folder" | "symlink" | "hardlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  /** Of a symlink: where it points, bytes as Latin-1. Of a hard link: the path, in the same root, of its first name. */
  readonly target?: string;
}

export interface ReadEntry {
  readonly entry: FileEntry;
  readonly content: AsyncIterable<Buffer>;
}

interface Walk {
  readonly root: string;
  /** First names of files with several, by device and number. */
  readonly linked: Map<string, string>;
  readonly skip: (path: string, why: string) => void;
}

/** A directory that is nested deeper keeps this many descriptors open. */
const DEEPEST = 400;
/** A file may claim more bytes than any disk has. */
const LARGEST_HOLE = 64 * 2 ** 30;

/**
 * Everything below `dataDir/root`. Its owners may rename and replace while this reads: each name is opened from
 * its folder's descriptor and never through a symlink, so nothing outside is read.
 */
export async function* readFiles(dataDir: string, root: string, skip: Walk["skip"]): AsyncGenerator<ReadEntry> {
  const handle = await openIfThere(path.join(dataDir, root), constants.O_DIRECTORY);
  if (!handle) return;
  try {
    const walk = { root, linked: new Map<string, string>(), skip };
    yield { entry: describe(walk, "", "folder", await handle.stat()), content: none };
    yield* readFolder(walk, handle, "", 0);
  } finally {
    await handle.close();
  }
}

async function* readFolder(walk: Walk, folder: FileHandle, below: string, depth: number): AsyncGenerator<ReadEntry> {
  const place = `/proc/self/fd/${folder.fd}`;
  for (const name of (await readdir(place, { encoding: "buffer" })).sort(Buffer.compare)) {
    const at = Buffer.concat([Buffer.from(`${place}/`), name]);
    const child = below ? `${below}/${name.toString("latin1")}` : name.toString("latin1");
    try {
      yield* readEntry(walk, at, child, depth);
    } catch (error) {
      if (!isFileError(error)) throw error;
      // Gone, swapped or closed to us in the meantime: the rest is still worth having.
      walk.skip(`${walk.root}/${child}`, error.code ?? error.message);
    }
  }
}

async function* readEntry(walk: Walk, at: Buffer, child: string, depth: number): AsyncGenerator<ReadEntry> {
  const seen = await lstat(at);
  if (seen.isSymbolicLink()) {
    const target = (await readlink(at, { encoding: "buffer" })).toString("latin1");
    yield { entry: { ...describe(walk, child, "symlink", seen), target }, content: none };
  } else if (seen.isDirectory()) {
    if (depth >= DEEPEST) return walk.skip(`${walk.root}/${child}`, "nested too deeply");
    await using folder = await open(at, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    yield { entry: describe(walk, child, "folder", await folder.stat()), content: none };
    yield* readFolder(walk, folder, child, depth + 1);
  } else if (seen.isFile()) {
    // O_NONBLOCK: a pipe that took the file's place must not make this wait.
    await using file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    yield* readFile(walk, file, child);
  } else {
    walk.skip(`${walk.root}/${child}`, "neither a file, a folder nor a symlink");
  }
}

async function* readFile(walk: Walk, file: FileHandle, child: string): AsyncGenerator<ReadEntry> {
  const found = await file.stat();
  if (!found.isFile()) return walk.skip(`${walk.root}/${child}`, "no longer a file");
  if (found.size - found.blocks * 512 > LARGEST_HOLE) return walk.skip(`${walk.root}/${child}`, "an enormous hole");
  const identity = `${found.dev}:${found.ino}`;
  const first = walk.linked.get(identity);
  if (first !== undefined) {
    yield { entry: { ...describe(walk, child, "hardlink", found), target: first }, content: none };
    return;
  }
  if (found.nlink > 1) walk.linked.set(identity, child);
  yield { entry: describe(walk, child, "file", found), content: readContent(file, found.size) };
}

/** As many bytes as it had when it was opened: somebody may be appending to it. */
async function* readContent(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < size; ) {
    const wanted = Math.min(256 * 1024, size - position);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function describe(walk: Walk, below: string, type: FileEntry["type"], found: Stats): FileEntry {
  const { uid, gid, mtimeMs } = found;
  return { root: walk.root, path: below, type, mode: found.mode & 0o7777, uid, gid, mtimeMs };
}

const none: AsyncIterable<Buffer> = { async *[Symbol.asyncIterator]() {} };

async function openIfThere(file: string, flags: number): Promise<FileHandle | null> {
  return open(file, flags).catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    ["ENOENT", "ELOOP", "ENOTDIR", "EACCES", "EPERM", "ENXIO", "EIO"].includes(
      String((error as NodeJS.ErrnoException).code),
    )
  );
}
