import { mkdir } from "node:fs/promises";
import type { FileCommand } from "../file-work/contract.ts";
import { FOLDER_MODE, walkMaking } from "./descriptor-walk.ts";
import { tellingOf } from "./file-errors.ts";
import { last } from "./place-files.ts";

/** Makes a folder, and those on the way to it. @throws StoaError conflict (something of that name is there), disk_full */
export const makeFolder: FileCommand<{ readonly workspace: number; readonly parts: readonly string[] }, null> = async (
  folders,
  { workspace, parts },
) => {
  await using root = await folders.workspace(workspace);
  await using parent = await walkMaking(root, parts.slice(0, -1));
  await tellingOf(parts.join("/"), () => mkdir(parent.at(last(parts)), { mode: FOLDER_MODE }));
  await parent.sync();
  return null;
};
