import type { Dirent } from "node:fs";
import { type FileHandle, opendir } from "node:fs/promises";
import { folderIn, giveHeld, inside, nameIn } from "./descriptors.ts";

export interface TakeOver {
  readonly changed: number;
  /** Files with other names outside the tree: whose they are, nobody can tell. */
  readonly left: number;
}

/**
 * Gives a whole tree, which an earlier server made as somebody of `formerOwners`, to somebody; the directory itself
 * last, so that its owner says whether all of it was done. Nothing of anybody else's is touched, no link is followed,
 * no other file system entered. They have no process yet that could change names meanwhile.
 */
export async function takeOver(
  folder: FileHandle,
  to: { readonly uid: number; readonly gid: number },
  formerOwners: ReadonlySet<number>,
): Promise<TakeOver> {
  const { dev } = await folder.stat();
  const links = new Map<number, number>();
  const tally = { changed: 0, left: 0 };

  async function give(parent: FileHandle, name: Buffer): Promise<void> {
    await using held = await nameIn(parent, name);
    const stats = await held.stat();
    if (!formerOwners.has(stats.uid) || stats.dev !== dev) return;
    if (!stats.isDirectory() && stats.nlink > 1) {
      const seen = (links.get(stats.ino) ?? 0) + 1;
      links.set(stats.ino, seen);
      // Its last name of all is inside: so none is outside.
      if (seen < stats.nlink) return;
      links.delete(stats.ino);
    }
    await giveHeld(held, to.uid, to.gid);
    tally.changed += 1;
  }

  async function walk(directory: FileHandle): Promise<void> {
    for await (const entry of await items(directory)) {
      if (entry.isDirectory()) {
        await using inner = await folderIn(directory, entry.name);
        if ((await inner.stat()).dev === dev) await walk(inner);
      }
      await give(directory, entry.name);
    }
  }

  await walk(folder);
  tally.left = links.size;
  await giveHeld(folder, to.uid, to.gid);
  return tally;
}

async function items(directory: FileHandle): Promise<AsyncIterable<Dirent<Buffer>>> {
  // Node gives bytes when asked so; its types know of it for `readdir` only.
  const options = { encoding: "buffer" as BufferEncoding, bufferSize: 512 };
  return (await opendir(inside(directory, "."), options)) as unknown as AsyncIterable<Dirent<Buffer>>;
}
