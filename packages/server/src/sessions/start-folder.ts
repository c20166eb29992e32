import { join } from "node:path";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { SessionsContext, SessionWorkspace } from "./context.ts";

/** Among a job's options, beside what was asked of the resource. Where it starts, below the workspace's folder. */
const KEY = "start_folder";
type Options = Readonly<Record<string, unknown>>;

/**
 * The options with the folder to start in, once it is known to be there.
 * @param asked below the workspace's root; null, or the root itself: none
 * @throws StoaError invalid (its type starts in none, no path), not_found, conflict (no folder, a link on the way)
 */
export async function withStartFolder(
  context: Pick<SessionsContext, "jobTypes" | "workspaces">,
  workspace: SessionWorkspace,
  asked: string | null,
  { jobType, options }: { readonly jobType: string; readonly options: Options },
): Promise<Options> {
  if (asked === null) return options;
  if (context.jobTypes.get(jobType)?.startsInFolders !== true) {
    throw new StoaError("invalid", { details: { problem: `${jobType} does not start in a folder of your choice` } });
  }
  const folder = await context.workspaces.folder(workspace, asked);
  return folder === "" ? options : { ...options, [KEY]: folder };
}

/** Absolute; null: none was asked for. @param directory the workspace's folder */
export function startFolderOf(options: Options, directory: string): string | null {
  const folder = options[KEY];
  return typeof folder === "string" ? join(directory, folder) : null;
}

/** What was asked of the resource: for whom the folder is nothing, since their files are others. */
export function withoutStartFolder(options: Options): Options {
  const { [KEY]: _, ...others } = options;
  return others;
}
