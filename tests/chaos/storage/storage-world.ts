import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const KEY = "the key of the chaos run, long enough";

/** The outside's own view of the disk, and its calls. */
export interface StorageWorld {
  readonly url: () => string;
  readonly token: () => string;
  readonly base: string;
}

export interface Answer {
  /** 0: none came. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what it reads
  readonly body: any;
}

/** One call; an answer that never came is told apart from a refusal. */
export async function call(world: StorageWorld, method: string, path: string, body?: unknown): Promise<Answer> {
  const isOwn = path.startsWith("/api/stoa");
  try {
    const answer = await fetch(world.url() + path, {
      method,
      headers: {
        ...(isOwn ? { authorization: `Bearer ${world.token()}` } : { "x-api-key": KEY }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  } catch {
    return { status: 0, body: null };
  }
}

export function putMark(world: StorageWorld, name: string, mark: string): boolean {
  const folder = join(world.base, name);
  if (!existsSync(folder)) return false;
  writeFileSync(join(folder, "mark"), mark);
  return true;
}

/** All marks on the disk: where each lies, by its content. */
export function marksOnDisk(world: StorageWorld): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const look = (folder: string, prefix: string): void => {
    for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
      const file = join(folder, entry, "mark");
      if (!existsSync(file)) continue;
      const mark = readFileSync(file, "utf8");
      found.set(mark, [...(found.get(mark) ?? []), prefix + entry]);
    }
  };
  look(world.base, "");
  look(join(world.base, ".stoa-trash"), "trash/");
  return found;
}

export function isOnDisk(world: StorageWorld, name: string): boolean {
  return existsSync(join(world.base, name));
}
