import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../errors/start-error.ts";

/** The key in a file, without the line end that editors add. Null when there is none. @throws StartError */
export async function readKeyFile(file: string): Promise<string | null> {
  try {
    return checkedKey((await readFile(file, "utf8")).trim(), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    if (error instanceof StartError) throw error;
    throw new StartError(`The secret key ${file} cannot be read.`, "Make it readable for the server's account only.", {
      cause: error,
    });
  }
}

/** @throws StartError when a key is too short to be one */
export function checkedKey(key: string, where: string): string {
  if (key.length >= 32) return key;
  throw new StartError(
    `The secret key in ${where} is shorter than 32 characters.`,
    "Make one with: openssl rand -base64 48",
  );
}

/**
 * Writes a key so that after a crash there is a whole file or none, and only its owner can read it.
 * Never overwrites: whoever is second reads the first one's.
 */
export async function writeKeyFile(file: string, key: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.draft`;
  await writeDurably(draft, key);
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
  await syncFolder(path.dirname(file));
}

/** Puts a prepared key in the place of the old one. */
export async function replaceKeyFile(prepared: string, file: string): Promise<void> {
  await rename(prepared, file);
  await chmod(file, 0o600);
  await syncFolder(path.dirname(file));
}

export async function writeDurably(file: string, key: string): Promise<void> {
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(`${key}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
