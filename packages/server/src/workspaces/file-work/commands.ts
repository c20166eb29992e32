import { checksumFile } from "../files/checksum-file.ts";
import { describeEntry } from "../files/describe-entry.ts";
import { downloadFile } from "../files/download-file.ts";
import { eraseEntry } from "../files/erase-entry.ts";
import { eraseStored } from "../files/erase-stored.ts";
import { largestEntries } from "../files/largest-entries.ts";
import { findLinkTargets, stageLinks } from "../files/link-commands.ts";
import { listFolder } from "../files/list-folder.ts";
import { listFolderAsOf } from "../files/list-folder-as-of.ts";
import { makeFolder } from "../files/make-folder.ts";
import { measureEntry } from "../files/measure-entry.ts";
import { moveEntry } from "../files/move-entry.ts";
import { discardMoveIn, emptyAside, measureMoveIn, placeMoveIn, stageMoveIn } from "../files/move-in-commands.ts";
import { packSelection } from "../files/pack-selection.ts";
import { placeBeside } from "../files/place-beside.ts";
import { discardCopy, isCopyPlaced, placeCopy } from "../files/place-copy.ts";
import { firstBlocked, placeStaged } from "../files/place-files.ts";
import { discardTree, placeTree } from "../files/place-tree.ts";
import { checkPlace, placeUpload } from "../files/place-upload.ts";
import { receiveTree } from "../files/receive-tree.ts";
import { restoreFile, restoreWorkspace } from "../files/restore-commands.ts";
import { scanWorkspace } from "../files/scan-tree.ts";
import { sendTree } from "../files/send-tree.ts";
import { discardStaged, stageFiles, stageUpload } from "../files/stage-commands.ts";
import { stageCopy } from "../files/stage-copy.ts";
import { nameWorkspace, stageWorkspace } from "../files/stage-workspace.ts";
import { takeBack } from "../files/take-back.ts";
import { readText, replaceText } from "../files/text-file.ts";
import { listWorkspaces, setAside, sweepStaging } from "../files/tidy-commands.ts";
import { clearEntry, isInTrash, purgeEntry, trashFile, trashWorkspace } from "../files/trash-entry.ts";
import { unnameWorkspace } from "../files/unname-workspace.ts";
import { receiveTar, unpackArchive } from "../files/unpack-commands.ts";
import { appendUpload, beginUpload, hashUpload, sizeOfUpload } from "../files/upload-commands.ts";
import { walkTree } from "../files/walk-tree.ts";

/**
 * Every command there is, by name; the agent refuses any other. A new one is a file in `../files/` and a line here.
 */
export const fileCommands = {
  appendUpload,
  beginUpload,
  checkPlace,
  checksumFile,
  clearEntry,
  describeEntry,
  discardCopy,
  discardMoveIn,
  discardStaged,
  discardTree,
  emptyAside,
  eraseEntry,
  eraseStored,
  findLinkTargets,
  firstBlocked,
  hashUpload,
  isCopyPlaced,
  isInTrash,
  largestEntries,
  listFolder,
  listFolderAsOf,
  listWorkspaces,
  makeFolder,
  measureEntry,
  measureMoveIn,
  moveEntry,
  nameWorkspace,
  placeBeside,
  placeCopy,
  placeMoveIn,
  placeStaged,
  placeTree,
  placeUpload,
  purgeEntry,
  readText,
  receiveTar,
  receiveTree,
  replaceText,
  restoreFile,
  restoreWorkspace,
  scanWorkspace,
  setAside,
  sizeOfUpload,
  stageCopy,
  stageFiles,
  stageLinks,
  stageMoveIn,
  stageUpload,
  stageWorkspace,
  sweepStaging,
  takeBack,
  trashFile,
  trashWorkspace,
  unnameWorkspace,
  unpackArchive,
  walkTree,
} as const;
export const fileStreams = {
  downloadFile,
  packSelection,
  sendTree,
} as const;

export type FileCommands = typeof fileCommands;
export type FileStreams = typeof fileStreams;
