import { describeEntry } from "../files/describe-entry.ts";
import { downloadFile } from "../files/download-file.ts";
import { listFolder } from "../files/list-folder.ts";

/**
 * Every command there is, by name; the agent refuses any other. A new one is a file in `../files/` and a line here.
 */
export const fileCommands = {
  describeEntry,
  listFolder,
} as const;
export const fileStreams = {
  downloadFile,
} as const;

export type FileCommands = typeof fileCommands;
export type FileStreams = typeof fileStreams;
