import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { houseAccount, type Places, unhouseAccount, whereHoused } from "../../platform/processes/house-account.ts";
import type { Housed, PlaceKind } from "../../platform/processes/inside-storage.ts";
import {
  CannotMove,
  finishMove,
  moveAccount,
  removeAside,
  unfinishedMoves,
} from "../../platform/processes/move-account.ts";
import { OpenFolder } from "./descriptor-walk.ts";
import { fileError, isSystemError } from "./file-errors.ts";
import { openAside, openPlace, PLACE_MODES } from "./open-place.ts";
import { openSnapshot } from "./open-snapshot.ts";

export const WORKSPACE_MODE = 0o700;
export const STAGING = ".staging";

/**
 * Where workspaces, what is on its way into them, and what was deleted from them lie in the data directory:
 * all in one file system, so that a rename is all it takes.
 *
 *     workspaces/<account>/<workspace>/   what people see
 *     workspaces/<account>/.staging/      what is not whole yet; names begin with this server's mark
 *     trash/<account>/<entry>/<name>
 *
 * With STORAGE_WORKSPACES=inside both of an account's folders lie in its storage, and links of ours stand here.
 */
export interface Directories {
  /** Absolute; what a session gets as its folder. */
  workspacePath(ownerId: number, workspaceId: number): string;
  /** The account's folder, made when absent: workspaces are its entries. */
  openAccount(ownerId: number): Promise<OpenFolder>;
  /** The account's trash, made when absent: entries' folders are named by their id. */
  openTrash(ownerId: number): Promise<OpenFolder>;
  /** The account's folder as it was in a snapshot of its storage. @throws StoaError not_found, unavailable */
  openSnapshot(ownerId: number, name: string): Promise<OpenFolder>;
  /** Who has a folder that something was made, staged or removed in since then. */
  accounts(since: Date): Promise<number[]>;
  /** Where an account's folders lie. */
  placeOf(ownerId: number): Promise<Housed>;
  /**
   * Has both of them lie in this directory, the account's own, from now on. Nothing but folders without anything in
   * them is given up for it.
   * @returns where they lie now
   */
  house(ownerId: number, directory: string): Promise<Housed>;
  /**
   * Has folders with something in them give way to links to their copies in this directory, and sets them aside.
   * @throws StoaError conflict: nothing was changed
   */
  moveIn(ownerId: number, directory: string): Promise<Housed>;
  /** Finishes all moves that were cut off. */
  finishMoves(): Promise<void>;
  /** What a move has set aside of one of the two; null: nothing. */
  openAside(ownerId: number, kind: PlaceKind): Promise<OpenFolder | null>;
  /** Removes what a move has set aside, once it is empty. True: it is gone. */
  removeAside(ownerId: number): Promise<boolean>;
  /** Has them lie in the data directory again, with nothing in them. */
  unhouse(ownerId: number): Promise<void>;
  /** Begins the names that this node's server stages, and tells its leftovers from others' work. */
  readonly stagingMark: string;
}

/** @param nodeId the same at every start of this server */
export function createDirectories(dataDir: string, nodeId: string): Directories {
  const roots = { workspaces: path.join(dataDir, "workspaces"), trash: path.join(dataDir, "trash") };
  const inside = async (kind: PlaceKind, ownerId: number) => {
    await using root = await openRoot(roots[kind], PLACE_MODES[kind]);
    if ((await root.stat(String(ownerId))) === null) await withPlaces(ownerId, (places) => finishMove(places));
    return await openOrMake(root, String(ownerId), kind);
  };
  /** Looked at in each of its calls: a move that was cut off leaves nothing in its places for a moment. */
  const withFinished = <T>(ownerId: number, work: (places: Places) => Promise<T>) =>
    withPlaces(ownerId, async (places) => {
      await finishMove(places);
      return await work(places);
    });
  const withPlaces = async <T>(ownerId: number, work: (places: Places) => Promise<T>) => {
    await using workspaces = await openRoot(roots.workspaces, PLACE_MODES.workspaces);
    await using trash = await openRoot(roots.trash, PLACE_MODES.trash);
    return await work({ workspaces: workspaces.at(String(ownerId)), trash: trash.at(String(ownerId)) });
  };
  return {
    stagingMark: createHash("sha256").update(nodeId).digest("hex").slice(0, 12),
    workspacePath: (ownerId, workspaceId) => path.join(roots.workspaces, String(ownerId), String(workspaceId)),
    openAccount: (ownerId) => inside("workspaces", ownerId),
    openTrash: (ownerId) => inside("trash", ownerId),
    async openSnapshot(ownerId, name) {
      await using root = await openRoot(roots.workspaces, PLACE_MODES.workspaces);
      return await openSnapshot(root.at(String(ownerId)), name);
    },
    async accounts(since) {
      await using root = await openRoot(roots.workspaces, PLACE_MODES.workspaces);
      const names = (await root.entries()).map(({ name }) => name).filter((name) => /^[1-9]\d{0,14}$/.test(name));
      const found: number[] = [];
      for (const name of names) if (await changedSince(root, name, since)) found.push(Number(name));
      return found;
    },
    placeOf: (ownerId) => withFinished(ownerId, whereHoused),
    house: (ownerId, directory) => withFinished(ownerId, (places) => houseAccount(places, directory)),
    moveIn: (ownerId, directory) =>
      withPlaces(ownerId, (places) =>
        moveAccount(places, directory).catch((error: unknown) => {
          if (!(error instanceof CannotMove)) throw error;
          throw new StoaError("conflict", { details: { problem: error.message }, cause: error });
        }),
      ),
    async finishMoves() {
      await using root = await openRoot(roots.workspaces, PLACE_MODES.workspaces);
      for (const ownerId of await unfinishedMoves(root.at("."))) await withFinished(ownerId, async () => undefined);
    },
    openAside: (ownerId, kind) => withPlaces(ownerId, (places) => openAside(places[kind])),
    removeAside: (ownerId) => withPlaces(ownerId, removeAside),
    unhouse: (ownerId) => withFinished(ownerId, unhouseAccount),
  };
}

/** @throws StoaError unavailable: it lies in storage that is not there */
async function openOrMake(root: OpenFolder, name: string, kind: PlaceKind): Promise<OpenFolder> {
  try {
    return await openPlace(root.at(name), kind);
  } catch (error) {
    if (!isSystemError(error, "ENOENT")) throw fileError(error, name);
    return (await root.ensure(name, PLACE_MODES[kind])).folder;
  }
}

/**
 * By the times of the account's folder and of its staging folder, which its names alone tell: neither is opened. Of one
 * that lies in its owner's storage, wherever its path leads; one that we can't look at may have changed.
 */
async function changedSince(root: OpenFolder, name: string, since: Date): Promise<boolean> {
  const isLink = (await root.stat(name).catch(() => null))?.isSymbolicLink() === true;
  for (const folder of [isLink ? `${name}/.` : name, `${name}/${STAGING}`]) {
    const stats = await root.stat(folder).catch(() => null);
    if (stats !== null && stats.mtime >= since) return true;
  }
  return false;
}

/** The data directory is the operator's: it may be reached by links of their making. */
async function openRoot(root: string, mode: number): Promise<OpenFolder> {
  await mkdir(root, { recursive: true, mode });
  return OpenFolder.trusted(root);
}
