import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Quota exceeded. Node has no name for it on every platform, only the number. */
const EDQUOT = -122;

/** True for an error of the operating system with one of these codes. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(codeOf(error));
}

/**
 * What the file system said, as what a person can act on.
 * @param what the path as its owner knows it; never a path of the server's
 */
export function fileError(error: unknown, what: string): unknown {
  if (error instanceof StoaError) return error;
  switch (codeOf(error)) {
    case "ENOENT":
      return new StoaError("not_found", { details: { what: `file or folder ${what}` }, cause: error });
    case "ENOTDIR":
    case "ELOOP":
      return conflict(`${what} is not a folder, or a symbolic link, which is never followed here`, error);
    case "EISDIR":
      return conflict(`${what} is a folder`, error);
    case "EEXIST":
    case "ENOTEMPTY":
      return conflict(`${what} exists already`, error);
    case "ENXIO":
    case "ENODEV":
      return conflict(`${what} is not a regular file`, error);
    case "EACCES":
    case "EPERM":
      return conflict(`the permissions of ${what} do not allow it. Change them in a session`, error);
    case "ENAMETOOLONG":
      return new StoaError("invalid", { details: { problem: `the name of ${what} is too long` }, cause: error });
    case "ENOSPC":
    case "EDQUOT":
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
export async function tellingOf<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, what);
  }
}

function conflict(problem: string, cause: unknown): StoaError {
  return new StoaError("conflict", { details: { problem: problem.charAt(0).toUpperCase() + problem.slice(1) }, cause });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  if ("errno" in error && error.errno === EDQUOT) return "EDQUOT";
  return String(error.code);
}
