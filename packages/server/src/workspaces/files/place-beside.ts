import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { writeNote } from "./copy-note.ts";
import { walkMaking } from "./descriptor-walk.ts";
import { tellingOf } from "./file-errors.ts";
import type { EntryPlace } from "./move-entry.ts";
import { moveToFreeName } from "./move-to-free-name.ts";
import { last } from "./place-files.ts";

/**
 * Gives a staged copy its name at once, or a free one beside what has that name. Missing folders on the way are made. A
 * note beside the copy says which inode it is, by which it can be taken back.
 * @returns the name it got
 * @throws StoaError not_found, conflict (a file or link in the place of a folder)
 */
export const placeBeside: FileCommand<
  { readonly name: string; readonly to: EntryPlace },
  { readonly name: string }
> = async (folders, { name, to }) => {
  await using staging = await folders.staging();
  await using root = await folders.workspace(to.workspace);
  await using target = await walkMaking(root, to.parts.slice(0, -1));
  const staged = await staging.stat(name);
  if (staged === null) throw new StoaError("not_found", { details: { what: "copy that was to get its name" } });
  const got = await tellingOf(to.parts.join("/"), async () => {
    await writeNote(staging, name, staged.ino);
    return await moveToFreeName(staging, name, target, last(to.parts));
  });
  return { name: got };
};
