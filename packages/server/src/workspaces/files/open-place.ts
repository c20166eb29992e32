import { constants } from "node:fs";
import { open, readlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { directoryIn, INSIDE, type PlaceKind } from "../../platform/processes/inside-storage.ts";
import { asideOf } from "../../platform/processes/move-account.ts";
import { OpenFolder, walkMaking } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";

/** Modes of the two: passed through on the way to one's own, never listed; private. */
export const PLACE_MODES = { workspaces: 0o711, trash: 0o700 } as const satisfies Record<PlaceKind, number>;

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Opens a person's folder by its path in the data directory: itself, or where the link in its place leads. That one
 * link is followed and no other: the storage's directory lies among those that only we make, and below it, where its
 * owner writes, nothing but a directory is entered. One that is missing there is made: its owner has removed it.
 * @throws StoaError unavailable: it lies in storage that is not there; the system's ENOENT: nothing is in its place
 */
export async function openPlace(at: string, kind: PlaceKind): Promise<OpenFolder> {
  const own = await openItself(at);
  if (own !== null) return own;
  const directory = directoryIn(await readlink(at), kind);
  if (directory === null) throw new Error(`the link ${at} leads to no storage`);
  await using storage = await OpenFolder.trusted(directory).catch((error: unknown) => {
    throw away(`${directory} can't be entered`, error);
  });
  return await walkMaking(storage, INSIDE[kind], PLACE_MODES[kind]).catch((error: unknown) => {
    if (!(error instanceof StoaError && error.code === "conflict")) throw error;
    throw away(`${INSIDE[kind].join("/")} in ${directory} is no folder`, error);
  });
}

/** Opens what was set aside of a place once it had been moved; null: there is nothing. */
export async function openAside(at: string): Promise<OpenFolder | null> {
  return openItself(asideOf(at)).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  });
}

/** Null: a link is in its place. */
async function openItself(at: string): Promise<OpenFolder | null> {
  try {
    return OpenFolder.held(await open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  } catch (error) {
    if (isSystemError(error, "ENOTDIR", "ELOOP")) return null;
    throw error;
  }
}

/** Not as something of theirs that is missing: nothing must be begun anew in its place. */
function away(why: string, error: unknown): StoaError {
  const cause = new Error(why, { cause: error });
  return new StoaError("unavailable", { details: { what: "The storage that your workspaces lie in" }, cause });
}
