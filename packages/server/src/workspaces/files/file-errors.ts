import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Quota exceeded. Node has no name for it on every platform, only the number. */
const EDQUOT = -122;

/** True for an error of the operating system with one of these codes. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(codeOf(error));
}

/** A path as its owner knows it, never a path of the server's; or a thing of ours, as in `the copy`. */
export type Told = string | { readonly ours: string };

/** A file's name in a sentence: it may begin one, and its first letter stays as it is. */
export function quoted(name: string): string {
  return `“${name}”`;
}

/**
 * What the file system said, as what a person can act on.
 * @param told what it is about
 */
export function fileError(error: unknown, told: Told): unknown {
  if (error instanceof StoaError) return error;
  const what = typeof told === "string" ? told : told.ours;
  const named = typeof told === "string" ? quoted(told) : what.charAt(0).toUpperCase() + what.slice(1);
  switch (codeOf(error)) {
    case "ENOENT":
      return new StoaError("not_found", { details: { what: `file or folder ${what}` }, cause: error });
    case "ENOTDIR":
    case "ELOOP":
      return conflict(`${named} is not a folder, or a symbolic link, which is never followed here`, error);
    case "EISDIR":
      return conflict(`${named} is a folder`, error);
    case "EEXIST":
    case "ENOTEMPTY":
      return conflict(`${named} exists already`, error);
    case "ENXIO":
    case "ENODEV":
      return conflict(`${named} is not a regular file`, error);
    case "EACCES":
    case "EPERM":
      return conflict(
        `The permissions of ${typeof told === "string" ? named : what} do not allow it. Change them in a session`,
        error,
      );
    case "ENAMETOOLONG":
      return new StoaError("invalid", { details: { problem: `the name of ${what} is too long` }, cause: error });
    case "EDQUOT":
      // Somebody's own limit; ENOSPC may be one too (xfs), or the disk's end: who knows their quota says which.
      return new StoaError("disk_full", { details: { what, reason: "quota" }, cause: error });
    case "ENOSPC":
    case "EFBIG":
      return new StoaError("disk_full", { details: { what }, cause: error });
    case "EMFILE":
    case "ENFILE":
      return new StoaError("unavailable", { details: { what: "The file system" }, cause: error });
    default:
      return error;
  }
}

/** Runs file work and tells its failures as `fileError` does. */
export async function tellingOf<T>(told: Told, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, told);
  }
}

function conflict(problem: string, cause: unknown): StoaError {
  return new StoaError("conflict", { details: { problem }, cause });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  if ("errno" in error && error.errno === EDQUOT) return "EDQUOT";
  return String(error.code);
}
