import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../../errors/start-error.ts";
import { damaged } from "./damaged.ts";
import { type Move, writeDurably } from "./durable-files.ts";

export interface SecretKeyRestore {
  readonly file: string;
  readonly key: Buffer;
  /** Another key stands there. */
  readonly differs: boolean;
}

const LONGEST_KEY = 64 * 1024;

/** @throws StartError when another key is there already and must not be replaced. */
export async function readSecretKey(
  content: AsyncIterable<Buffer>,
  file: string | null,
  replace: boolean,
): Promise<SecretKeyRestore | null> {
  const pieces: Buffer[] = [];
  for await (const piece of content) {
    pieces.push(piece);
    if (pieces.reduce((sum, { length }) => sum + length, 0) > LONGEST_KEY) throw damaged("its secret key is too long");
  }
  if (file === null) return null;
  const key = Buffer.concat(pieces);
  const present = await readFile(file).catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (present?.equals(key)) return null;
  if (present !== null && !replace) {
    throw new StartError(
      `The secret key in ${file} is another than the backup's.`,
      "Move it away, or say --replace: it is then set aside.",
    );
  }
  return { file, key, differs: present !== null };
}

/** Writes the key beside its place. @returns what puts it there, and the key that is there aside. */
export async function stageSecretKey({ file, key, differs }: SecretKeyRestore, mark: string): Promise<Move[]> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const staged = `${file}.restore.tmp-${mark}`;
  await writeDurably(staged, key);
  const aside = differs ? [{ from: file, to: `${file}.before-restore-${mark}` }] : [];
  return [...aside, { from: staged, to: file }];
}
