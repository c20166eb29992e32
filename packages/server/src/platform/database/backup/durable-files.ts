import { lstat, open, rename } from "node:fs/promises";
import path from "node:path";

/** A name's change, as it will be or was made. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Makes the moves, in order. @throws when a name is taken: then some of them are made. */
export async function makeMoves(moves: readonly Move[]): Promise<void> {
  for (const { from, to } of moves) {
    if (await isThere(to)) throw new Error(`${to} has appeared meanwhile`);
    await rename(from, to);
  }
  await syncFoldersOf(moves);
}

/** Makes those that were not made yet. */
export async function completeMoves(moves: readonly Move[]): Promise<void> {
  for (const { from, to } of moves) if ((await isThere(from)) && !(await isThere(to))) await rename(from, to);
  await syncFoldersOf(moves);
}

/** Undoes those that were made, last first. */
export async function undoMoves(moves: readonly Move[]): Promise<void> {
  await completeMoves(moves.toReversed().map(({ from, to }) => ({ from: to, to: from })));
}

/** A new file with this text, whole or not there at all, also after a power cut. */
export async function writeDurably(file: string, text: string | Buffer): Promise<void> {
  const temporary = `${file}.tmp`;
  await using handle = await open(temporary, "w", 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await rename(temporary, file);
  await syncFolder(path.dirname(file));
}

/** Names in a folder are safe from a power cut only after this. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}

async function syncFoldersOf(moves: readonly Move[]): Promise<void> {
  const folders = new Set(moves.flatMap(({ from, to }) => [path.dirname(from), path.dirname(to)]));
  for (const folder of folders) await syncFolder(folder);
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
