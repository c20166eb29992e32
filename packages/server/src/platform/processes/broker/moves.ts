import { type FileHandle, lstat } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { Places } from "../house-account.ts";
import type { PlaceKind } from "../inside-storage.ts";
import { APART, finishMove, moveMarkOf, removeAside, unfinishedMoves } from "../move-account.ts";
import { BrokerRefusal } from "../verbs.ts";
import { giveHeld, nameIn, setModeOfHeld } from "./descriptors.ts";
import { placesIn } from "./houses.ts";

type Whose = { readonly account: number; readonly uid: number };
type Roots = Readonly<Record<PlaceKind, FileHandle>>;

const CLOSED = 0o700;

/** Finishes all moves that were cut off: before anything is made in anybody's place. */
export async function finishMoves(roots: Roots, log: Logger): Promise<void> {
  for (const account of await unfinishedMoves(`/proc/self/fd/${roots.workspaces.fd}`)) {
    try {
      await finishMoveOf(roots, account);
      log.info({ account }, "finished a move into somebody's storage that was cut off");
    } catch (error) {
      log.error({ err: error, account }, "a move into somebody's storage that was cut off can't be finished");
    }
  }
}

/** Of one person. Only what root has begun is finished. */
export async function finishMoveOf(roots: Roots, account: number): Promise<void> {
  const places = placesIn(roots, account);
  const stats = await lstat(moveMarkOf(places)).catch(() => null);
  if (stats === null) return;
  if (stats.uid !== 0) throw new BrokerRefusal("failed", `a move of account ${account} was begun by another than root`);
  await finishMove(places, closing(roots, account));
}

/** Closes what is set aside to its owner: what they could write there would count nowhere. */
export function closing(roots: Roots, account: number): (kind: PlaceKind) => Promise<void> {
  return async (kind) => {
    await using held = await nameIn(roots[kind], APART + account);
    if (!(await held.stat()).isDirectory()) return;
    await giveHeld(held, 0, 0);
    await setModeOfHeld(held, CLOSED);
  };
}

/** Gives what was set aside back to the person, whose agent empties it. False: there is none. */
export async function openAside(roots: Roots, { account, uid }: Whose): Promise<boolean> {
  const { workspaces }: Places = placesIn(roots, account);
  // As long as they work there themselves, nothing of it is what was set aside.
  if (!(await lstat(workspaces)).isSymbolicLink()) return false;
  let found = false;
  for (const kind of ["workspaces", "trash"] as const) {
    const held = await nameIn(roots[kind], APART + account).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return null;
    });
    if (held === null) continue;
    await using folder = held;
    const stats = await folder.stat();
    if (!stats.isDirectory() || (stats.uid !== 0 && stats.uid !== uid)) {
      throw new BrokerRefusal("failed", `${path.join(kind, APART + account)} is none of the broker's`);
    }
    await setModeOfHeld(folder, CLOSED);
    await giveHeld(folder, uid, uid);
    found = true;
  }
  return found;
}

/** Removes it, once it is empty. */
export function removeAsideOf(roots: Roots, account: number): Promise<boolean> {
  return removeAside(placesIn(roots, account));
}
