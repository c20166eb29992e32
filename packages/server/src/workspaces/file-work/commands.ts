import { describeEntry } from "../files/describe-entry.ts";
import { downloadFile } from "../files/download-file.ts";
import { listFolder } from "../files/list-folder.ts";
import { makeFolder } from "../files/make-folder.ts";
import { placeStaged } from "../files/place-files.ts";
import { receiveTree } from "../files/receive-tree.ts";
import { restoreFile, restoreWorkspace } from "../files/restore-commands.ts";
import { scanWorkspace } from "../files/scan-tree.ts";
import { sendTree } from "../files/send-tree.ts";
import { discardStaged, stageFiles, stageUpload } from "../files/stage-commands.ts";
import { nameWorkspace, stageWorkspace } from "../files/stage-workspace.ts";
import { listWorkspaces, setAside, sweepStaging } from "../files/tidy-commands.ts";
import { clearEntry, isInTrash, purgeEntry, trashFile, trashWorkspace } from "../files/trash-entry.ts";
import { unnameWorkspace } from "../files/unname-workspace.ts";

/**
 * Every command there is, by name; the agent refuses any other. A new one is a file in `../files/` and a line here.
 */
export const fileCommands = {
  clearEntry,
  describeEntry,
  discardStaged,
  isInTrash,
  listFolder,
  listWorkspaces,
  makeFolder,
  nameWorkspace,
  placeStaged,
  purgeEntry,
  receiveTree,
  restoreFile,
  restoreWorkspace,
  scanWorkspace,
  setAside,
  stageFiles,
  stageUpload,
  stageWorkspace,
  sweepStaging,
  trashFile,
  trashWorkspace,
  unnameWorkspace,
} as const;
export const fileStreams = {
  downloadFile,
  sendTree,
} as const;

export type FileCommands = typeof fileCommands;
export type FileStreams = typeof fileStreams;
