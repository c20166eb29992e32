import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { say } from "../sentences.ts";

/** Where a session looks for its programs, and what of the machine it sees. */
export interface View {
  readonly env: Readonly<Record<string, string>>;
  /** Whether what lies at this absolute path is there for a session as well. */
  sees(path: string): boolean;
}

export interface FoundProgram {
  readonly name: string;
  readonly path: string;
}

/** Where the first of these programs lies, as sessions find it; null: none of them is there for them. */
export function findProgram(names: readonly string[], view: View): FoundProgram | null {
  return candidates(names, view).find(({ path }) => isSeenProgram(path, view)) ?? null;
}

/** The first of these programs that would be found, if sessions saw it; null: none is installed. */
export function findUnseen(names: readonly string[], view: View): FoundProgram | null {
  return candidates(names, view).find(({ path }) => !isSeenProgram(path, view)) ?? null;
}

/**
 * Why none of these programs can be used; null: one can.
 * @param absent what is told where none is installed
 */
export function whyNone(names: readonly string[], view: View, absent: string): string | null {
  if (findProgram(names, view) !== null) return null;
  const unseen = findUnseen(names, view);
  return unseen === null ? absent : say("program_unseen", { program: unseen.path });
}

function candidates(names: readonly string[], { env }: View): FoundProgram[] {
  const folders = (env.PATH ?? "").split(delimiter);
  return names
    .flatMap((name) =>
      isAbsolute(name) ? [{ name, path: name }] : folders.map((folder) => ({ name, path: join(folder, name) })),
    )
    .filter(({ path }) => path.startsWith("/") && isProgram(path));
}

/** A script that its interpreter is hidden from can't run either: pip writes the environment's own Python into it. */
function isSeenProgram(path: string, { sees }: View): boolean {
  const interpreter = interpreterOf(path);
  return sees(path) && (interpreter === null || sees(interpreter));
}

/** Null: it is no script, or none that names an absolute path. */
function interpreterOf(path: string): string | null {
  const start = Buffer.alloc(256);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, start, 0, start.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return null; // it may be run, and not be read
  }
  return /^#![ \t]*(\/\S+)/.exec(start.toString("latin1"))?.[1] ?? null;
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A file or a folder that we may read, and that sessions see. */
export function isReadable(path: string, { sees }: Pick<View, "sees">): boolean {
  try {
    accessSync(path, constants.R_OK);
    return sees(path);
  } catch {
    return false;
  }
}
