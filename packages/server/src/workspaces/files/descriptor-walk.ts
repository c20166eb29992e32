import { constants, type Dirent, type Stats } from "node:fs";
import { chmod, type FileHandle, lstat, mkdir, open, opendir, readdir } from "node:fs/promises";
import type { EntryName } from "./entry-names.ts";
import { fileError, isSystemError, tellingOf } from "./file-errors.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** Names a file without opening it; Node has no constant for it (fcntl.h, the same on x64 and arm64). */
const O_PATH = 0o10000000;
/** Entries read from the disk at a time, where a folder may hold any number. */
export const READ_AT_ONCE = 512;

/** Looks at a folder that is about to be changed, and throws where it must not be. */
export type FolderCheck = (stats: Stats, descriptor: number) => void;

/** Modes of what is made inside a workspace; its own directory is closed to others. */
export const FOLDER_MODE = 0o755;

/**
 * A folder held open by its descriptor. Everything below is reached through the descriptor
 * (`/proc/self/fd/<n>/<name>`), one name at a time, so whatever is swapped meanwhile, the kernel starts from
 * the folder we checked and never follows a link (THREATS, "a person with a file").
 * Close it after the last use of `at()`: a closed number may soon be another file's. So in a scope of
 * `await using`, `return await` what still works on it.
 */
export class OpenFolder implements AsyncDisposable {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Opens a directory of the server's own; the path is trusted and links in it are followed. */
  static async trusted(path: string): Promise<OpenFolder> {
    return new OpenFolder(await open(path, O_RDONLY | O_DIRECTORY));
  }

  /** One that is open already; it is closed with this. */
  static held(handle: FileHandle): OpenFolder {
    return new OpenFolder(handle);
  }

  /** Its number in this process, for a program that is started with it. */
  get descriptor(): number {
    return this.#handle.fd;
  }

  /** The address of one checked name inside this very folder. */
  at(name: string): string;
  at(name: EntryName): string | Buffer;
  at(name: EntryName): string | Buffer {
    const here = `/proc/self/fd/${this.#handle.fd}/`;
    return typeof name === "string" ? here + name : Buffer.concat([Buffer.from(here), name]);
  }

  /** @throws the system's ENOTDIR for a link or a file, ENOENT */
  async folder(name: EntryName): Promise<OpenFolder> {
    return new OpenFolder(await open(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  /** Opens what is there for reading; FIFOs and devices can't block us. The caller checks that it is a file. */
  async file(name: EntryName): Promise<FileHandle> {
    return open(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  }

  /** Of the name itself, not of what a link points to; null: nothing there. */
  async stat(name: EntryName): Promise<Stats | null> {
    return lstat(this.at(name)).catch((error: unknown) => {
      if (isSystemError(error, "ENOENT")) return null;
      throw error;
    });
  }

  /** All at once, names as text: for folders whose entries are the server's own. */
  async entries(): Promise<Dirent[]> {
    return readdir(this.at("."), { withFileTypes: true });
  }

  /**
   * What a session may have made: any number, of any names, so a few at a time and as bytes. In the disk's
   * order; what comes or goes meanwhile may be met or not. Read it to its end or leave by `break`.
   */
  async items(): Promise<AsyncIterable<Dirent<Buffer>>> {
    // Node gives bytes when asked so; its types know of it for `readdir` only.
    const options = { encoding: "buffer" as BufferEncoding, bufferSize: READ_AT_ONCE };
    return (await opendir(this.at("."), options)) as unknown as AsyncIterable<Dirent<Buffer>>;
  }

  /** The same in pieces, for who looks at many: a turn for each entry costs more than the entry. */
  async *batches(): AsyncGenerator<Dirent<Buffer>[]> {
    const options = { encoding: "buffer" as BufferEncoding, bufferSize: READ_AT_ONCE };
    await using reader = await opendir(this.at("."), options);
    for (;;) {
      const batch: Dirent<Buffer>[] = [];
      // Waits for the disk once; what came with the first entry is there already.
      let entry = (await reader.read()) as unknown as Dirent<Buffer> | null;
      while (entry !== null) {
        batch.push(entry);
        if (batch.length === READ_AT_ONCE) break;
        entry = reader.readSync() as unknown as Dirent<Buffer> | null;
      }
      if (batch.length > 0) yield batch;
      if (batch.length < READ_AT_ONCE) return;
    }
  }

  /** Opens the folder of this name, making it when absent. True: made now. */
  async ensure(name: string, mode = FOLDER_MODE): Promise<{ folder: OpenFolder; made: boolean }> {
    const made = await mkdir(this.at(name), { mode }).then(
      () => true,
      (error: unknown) => {
        if (isSystemError(error, "EEXIST")) return false;
        throw error;
      },
    );
    if (made) await this.sync();
    return { folder: await this.folder(name), made };
  }

  /** Of this very folder. */
  async self(): Promise<Stats> {
    return this.#handle.stat();
  }

  /**
   * Gives ourselves back a folder that its owner closed to us, so that it can be moved or emptied.
   * @param check what it throws leaves the folder as it is
   */
  async unlock(name: EntryName, check: FolderCheck | null = null): Promise<void> {
    await using named = await open(this.at(name), O_PATH | O_DIRECTORY | O_NOFOLLOW);
    check?.(await named.stat(), named.fd);
    await chmod(`/proc/self/fd/${named.fd}`, 0o700);
  }

  /** Puts names made, renamed or removed in this folder onto the disk. */
  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/**
 * Opens the folder at `parts` below `root`. The caller closes what it gets and keeps `root`.
 * @throws StoaError not_found, conflict (a link or file in the way)
 */
export async function walk(root: OpenFolder, parts: readonly string[]): Promise<OpenFolder> {
  return descend(root, parts, (folder, name) => folder.folder(name));
}

/** The same, making the folders that are missing. */
export async function walkMaking(root: OpenFolder, parts: readonly string[], mode = FOLDER_MODE): Promise<OpenFolder> {
  return descend(root, parts, async (folder, name) => (await folder.ensure(name, mode)).folder);
}

async function descend(
  root: OpenFolder,
  parts: readonly string[],
  step: (folder: OpenFolder, name: string) => Promise<OpenFolder>,
): Promise<OpenFolder> {
  let current = await tellingOf("/", () => root.folder("."));
  for (const [index, name] of parts.entries()) {
    try {
      const next = await step(current, name);
      await current[Symbol.asyncDispose]();
      current = next;
    } catch (error) {
      await current[Symbol.asyncDispose]();
      throw fileError(error, parts.slice(0, index + 1).join("/"));
    }
  }
  return current;
}
