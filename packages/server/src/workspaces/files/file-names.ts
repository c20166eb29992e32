import { StoaError } from "../../platform/errors/stoa-error.ts";

/** What Linux allows for one name and for a whole path, bytes of UTF-8. */
const NAME_BYTES = 255;
export const PATH_BYTES = 4_000;
export const DEPTH = 100;

/** Characters that a terminal or a listing acts on instead of showing. Right-to-left marks are names' own business. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** Why a path cannot be used, so that each API says it in its own words. */
export type NameProblem = "empty" | "dots" | "control" | "too_long" | "not_text";

/** A path that cannot be used as it is. */
export class PathRefused extends StoaError {
  readonly problem: NameProblem;

  constructor(path: string, problem: NameProblem) {
    super("invalid", { message: `${sentences[problem]} (${JSON.stringify(excerpt(path))})`, details: { problem } });
    this.problem = problem;
  }
}

const sentences: Readonly<Record<NameProblem, string>> = {
  empty: "A path needs a name in each of its parts: none may be empty or '.'",
  dots: "A path may not contain the part '..'",
  control: "A name may not contain control characters",
  too_long: `A name has at most ${NAME_BYTES} bytes, and a path at most ${PATH_BYTES} bytes and ${DEPTH} parts`,
  not_text: "A name must be valid Unicode text without NUL",
};

/**
 * The parts of a path below a workspace's root. A leading slash means that root: contract 3 shows names so.
 * `a..b` is a fine name; `""` and `/` are the root itself, no parts.
 * @throws PathRefused
 */
export function parsePath(path: string): string[] {
  const relative = path.startsWith("/") ? path.slice(1) : path;
  if (relative === "") return [];
  const parts = relative.split("/");
  for (const part of parts) {
    const problem = problemOf(part);
    if (problem !== null) throw new PathRefused(path, problem);
  }
  if (parts.length > DEPTH || Buffer.byteLength(relative) > PATH_BYTES) throw new PathRefused(path, "too_long");
  return parts;
}

/** The same for something that we are to make: what a session made may be named worse, and stays reachable. */
export function parseNewPath(path: string): string[] {
  const parts = parsePath(path);
  if (parts.length === 0) throw new PathRefused(path, "empty");
  if (parts.some((part) => control.test(part))) throw new PathRefused(path, "control");
  return parts;
}

function problemOf(part: string): NameProblem | null {
  if (part === "" || part === ".") return "empty";
  if (part === "..") return "dots";
  if (part.includes("\0") || !part.isWellFormed()) return "not_text";
  return Buffer.byteLength(part) > NAME_BYTES ? "too_long" : null;
}

function excerpt(path: string): string {
  return path.length > 80 ? `${path.slice(0, 80)}…` : path;
}
