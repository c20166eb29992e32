import { rename, unlink } from "node:fs/promises";
import type { FileCommand } from "../file-work/contract.ts";
import { readNote } from "./copy-note.ts";
import { walk } from "./descriptor-walk.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";
import { type EntryPlace, putBack } from "./move-entry.ts";
import { last } from "./place-files.ts";
import { openEntry } from "./trash-entry.ts";

/**
 * Takes its name from a copy whose naming does not count after all, and puts back what it had replaced. Only from what
 * the note says is that copy.
 * @returns false: it did not have the name
 * @throws StoaError not_found, conflict (permissions, a link on the way, taken meanwhile)
 */
export const takeBack: FileCommand<
  { readonly name: string; readonly to: EntryPlace; readonly replaced: number | null },
  boolean
> = async (folders, { name, to, replaced }) => {
  await using staging = await folders.staging();
  const noted = await readNote(staging, name);
  if (noted === null) return false;
  await using root = await folders.workspace(to.workspace);
  await using folder = await walk(root, to.parts.slice(0, -1));
  const wanted = last(to.parts);
  const there = await folder.stat(wanted);
  if (there === null || String(there.ino) !== noted) return false;
  await tellingOf(to.parts.join("/"), async () => {
    // Of a file with both names, a rename would leave both.
    if ((await staging.stat(name)) === null) await rename(folder.at(wanted), staging.at(name));
    else await unlink(folder.at(wanted));
    await staging.sync();
    await folder.sync();
    if (replaced === null) return;
    await using kept = await openEntry(folders, replaced);
    await putBack(kept, wanted, folder).catch((error: unknown) => {
      if (!isSystemError(error, "ENOENT")) throw error;
    });
  });
  return true;
};
