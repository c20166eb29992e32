import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of ours, by its path from the checkout's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One breach of a rule, said so that its author knows what to do. */
export type Violation = string;

const ROOT = join(import.meta.dirname, "../..");
const NOT_OURS = new Set(["node_modules", "dist", "dist.next", "dist.old", "artifacts", "coverage", ".git", ".stoa"]);
const WRITTEN_BY_HAND = /\.(ts|tsx|mts|mjs|cjs|js|css|py|sh)$/;

/** Every file of code in the checkout, as it lies there; git is not needed. */
export function readTree(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => walk(folder)).map((path) => ({ path, text: read(path) }));
}

/** The folders with code of ours. */
export const CODE_FOLDERS = ["packages", "scripts", "tests", "bench", "integrations", "deploy"] as const;

/** One file's text, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function walk(folder: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : walk(path);
    return entry.isFile() && WRITTEN_BY_HAND.test(entry.name) ? [path] : [];
  });
}

function list(folder: string) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true });
}

/** True for tests and what only tests use (`test-…`, `testing-…`, a contract's suite). */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/(testing|test)-[^/]+\.ts$|\/(contract|transfer)-suite\.ts$|^tests\/|^bench\/|\/testing\//.test(
    path,
  );
}
