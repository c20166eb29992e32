import { join } from "node:path";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { SessionsContext, SessionWorkspace } from "./context.ts";

/** Among a job's options, beside what was asked of the resource. Where it starts, below the workspace's folder. */
const KEY = "start_folder";
type Options = Readonly<Record<string, unknown>>;

/** What came of looking for a folder: below the workspace's root, or why there is none. Null: none was asked for. */
export type LookedFor = PromiseSettledResult<string> | null;

/**
 * Looks for the folder to start in. Before the transaction of the start: a disk that does not answer would have it
 * hold its locks and a connection. Its refusal is for later, since others go before it.
 * @param asked below the workspace's root; null: none
 */
export async function lookForFolder(
  { workspaces }: Pick<SessionsContext, "workspaces">,
  workspace: Pick<SessionWorkspace, "id" | "owner_id">,
  asked: string | null,
): Promise<LookedFor> {
  if (asked === null) return null;
  const [found] = await Promise.allSettled([workspaces.folder(workspace, asked)]);
  return found;
}

/**
 * The options with the folder to start in; the root is none.
 * @throws StoaError invalid (its type starts in none, no path), not_found, conflict (no folder, a link on the way)
 */
export function withStartFolder(
  { jobTypes }: Pick<SessionsContext, "jobTypes">,
  { jobType, options }: { readonly jobType: string; readonly options: Options },
  found: LookedFor,
): Options {
  if (found === null) return options;
  if (jobTypes.get(jobType)?.startsInFolders !== true) {
    throw new StoaError("invalid", { details: { problem: `${jobType} does not start in a folder of your choice` } });
  }
  if (found.status === "rejected") throw found.reason;
  return found.value === "" ? options : { ...options, [KEY]: found.value };
}

/** Below the workspace's root; null: the root. */
export function startFolderIn(options: Options): string | null {
  const folder = options[KEY];
  return typeof folder === "string" ? folder : null;
}

/** Absolute; null: none was asked for. @param directory the workspace's folder */
export function startFolderOf(options: Options, directory: string): string | null {
  const folder = startFolderIn(options);
  return folder === null ? null : join(directory, folder);
}

/** What was asked of the resource: for whom the folder is nothing, since their files are others. */
export function withoutStartFolder(options: Options): Options {
  const { [KEY]: _, ...others } = options;
  return others;
}
