import { type FileHandle, lstat, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { houseAccount, type Places, whereHoused } from "../house-account.ts";
import { directoryIn, type Housed, type PlaceKind } from "../inside-storage.ts";
import { CannotMove, moveAccount } from "../move-account.ts";
import { BrokerRefusal } from "../verbs.ts";
import { inside, nameIn, trustedFolder } from "./descriptors.ts";

type Whose = { readonly account: number; readonly uid: number };

/** Where the directories of people's storage lie on this machine, absolute; null: they don't. Asked when it is needed. */
export type StorageBase = () => Promise<string | null>;

/**
 * People's folders that lie in their storage. A link there is followed only if root made it, and only to a directory
 * of the base that the broker itself was configured with, which belongs to the person.
 */
export interface Houses {
  /** Whether a link in the person's place is like those that root makes there, whoever made it; else it is a stranger's. */
  isHouse(root: FileHandle, kind: PlaceKind, account: number): Promise<boolean>;
  /** Of such a link in the person's place below this root. @throws BrokerRefusal failed: it leads to nothing that is theirs */
  requireOwn(root: FileHandle, kind: PlaceKind, whose: Whose): Promise<void>;
  /** @param name of the directory in the base; null: only tells where they lie. @throws BrokerRefusal */
  house(roots: Readonly<Record<PlaceKind, FileHandle>>, whose: Whose, name: string | null): Promise<Housed>;
  /**
   * Has folders with something in them give way to links to their copies in this directory.
   * @throws BrokerRefusal failed: nothing was changed
   */
  move(
    roots: Readonly<Record<PlaceKind, FileHandle>>,
    whose: Whose,
    name: string,
    closeAside: (kind: PlaceKind) => Promise<void>,
  ): Promise<Housed>;
}

/** The addresses of a person's two folders. */
export function placesIn({ workspaces, trash }: Readonly<Record<PlaceKind, FileHandle>>, account: number): Places {
  const name = String(account);
  return { workspaces: String(inside(workspaces, name)), trash: String(inside(trash, name)) };
}

export function createHouses(storageBase: StorageBase): Houses {
  async function requireBase(): Promise<string> {
    const base = await storageBase();
    if (base === null) throw new BrokerRefusal("failed", "people's storage is not on this machine, or not there");
    return realpath(base);
  }

  async function requireDirectory(base: string, name: string, uid: number): Promise<void> {
    await using folder = await trustedFolder(base);
    await using held = await nameIn(folder, name).catch((cause: unknown) => {
      throw new BrokerRefusal("failed", `${name} is not in ${base}`, { cause });
    });
    const stats = await held.stat();
    if (!stats.isDirectory() || stats.uid !== uid) {
      throw new BrokerRefusal("failed", `${name} in ${base} is not this person's (uid ${stats.uid})`);
    }
  }

  return {
    async isHouse(root, kind, account) {
      const place = inside(root, String(account));
      return directoryIn(await readlink(place, "utf8"), kind) !== null;
    },
    async requireOwn(root, kind, { account, uid }) {
      const place = inside(root, String(account));
      const stats = await lstat(place);
      const directory = directoryIn(await readlink(place, "utf8"), kind);
      const base = await requireBase();
      if (stats.uid !== 0 || directory === null || path.dirname(directory) !== base) {
        throw new BrokerRefusal("failed", `a link in the place of the person's ${kind} is none of the broker's`);
      }
      await requireDirectory(base, path.basename(directory), uid);
    },
    async house(roots, { account, uid }, name) {
      const places = placesIn(roots, account);
      if (name === null) return whereHoused(places);
      const base = await requireBase();
      await requireDirectory(base, name, uid);
      return houseAccount(places, path.join(base, name));
    },
    async move(roots, { account, uid }, name, closeAside) {
      const base = await requireBase();
      await requireDirectory(base, name, uid);
      return moveAccount(placesIn(roots, account), path.join(base, name), closeAside).catch((error: unknown) => {
        throw error instanceof CannotMove ? new BrokerRefusal("failed", error.message, { cause: error }) : error;
      });
    },
  };
}
