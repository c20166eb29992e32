import type { FileCommand } from "../file-work/contract.ts";
import { walk } from "./descriptor-walk.ts";
import { describe } from "./list-folder.ts";
import { openWorkspace, type ReadPlace } from "./open-snapshot.ts";
import { last } from "./place-files.ts";
import { scanTree } from "./scan-tree.ts";

export interface Measured {
  /** Dot files' too. */
  readonly bytes: number;
  /** False when it is more than anybody looks through. */
  readonly complete: boolean;
}

/** Bytes of a file, or of all files in a folder, as far as they can be read. 0 for what is not there. */
export const measureEntry: FileCommand<ReadPlace, Measured> = async (folders, place, io) => {
  const { parts } = place;
  await using root = await openWorkspace(folders, place);
  await using parent = await walk(root, parts.slice(0, -1));
  const entry = await describe(parent, [], last(parts) || ".");
  if (entry?.type !== "folder") return { bytes: entry?.size ?? 0, complete: true };
  await using folder = await walk(root, parts);
  const { bytes, complete } = await scanTree(folder, { signal: io.signal });
  return { bytes, complete };
};
