import { type FileHandle, mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { unhouseAccount } from "../house-account.ts";
import type { Housed, PlaceKind } from "../inside-storage.ts";
import { BrokerRefusal } from "../verbs.ts";
import { folderIn, giveHeld, inside, makeClosedFolder, nameIn, setModeOfHeld, trustedFolder } from "./descriptors.ts";
import { takeFormerRuns } from "./former-runs.ts";
import { type BrokerGround, PLACES } from "./ground.ts";
import { createHouses, placesIn } from "./houses.ts";
import { closing, finishMoveOf, finishMoves, openAside, removeAsideOf } from "./moves.ts";
import { takeOver } from "./take-over.ts";

/** Passed through on the way to one's own, never listed. */
const PASSAGE = 0o711;
const PRIVATE = 0o700;
/** The person's, open to the server's group, which what is made inside inherits. */
const MEETING_PLACE = 0o2750;

type Whose = { readonly account: number; readonly uid: number };

/** Directories that belong to people, below directories that don't. */
export interface Places {
  /** Makes `workspaces`, `trash`, `homes` and `run/sessions` themselves, or closes what others could write into. */
  prepare(): Promise<void>;
  /** A person's own, made or taken over; safe to repeat. */
  ensure(whose: Whose): Promise<void>;
  /** True once `ensure` has been here for this person, whenever that was. */
  has(whose: Whose): Promise<boolean>;
  /** Where a person's workspaces and trash lie; with a name of a directory of theirs in the storage: there, if they can. */
  house(whose: Whose, name: string | null): Promise<Housed>;
  /** Has folders with something in them give way to links to their copies in this directory of theirs. */
  moveIn(whose: Whose, name: string): Promise<Housed>;
  /** Gives what a move has set aside back to them, to be emptied. False: there is none. */
  openAside(whose: Whose): Promise<boolean>;
  /** Removes it, once it is empty. True: it is gone. */
  removeAside(whose: Whose): Promise<boolean>;
  /** Takes our links in their places away, and gives them folders of their own again. */
  unhouse(whose: Whose): Promise<void>;
  /** A session's run folder, absolute. @throws BrokerRefusal refused: it is another's */
  ensureRunFolder(uid: number, job: number): Promise<string>;
}

export function createPlaces(ground: BrokerGround): Places {
  const { dataDir, server, log } = ground;
  const houses = createHouses(ground.storageBase);

  async function openRoot(name: string): Promise<FileHandle> {
    return trustedFolder(path.join(dataDir, name));
  }

  async function withRoots<T>(work: (roots: Record<PlaceKind, FileHandle>) => Promise<T>): Promise<T> {
    await using workspaces = await openRoot(PLACES.workspaces);
    await using trash = await openRoot(PLACES.trash);
    return await work({ workspaces, trash });
  }

  /** Before anything of theirs is looked at: a move that was cut off leaves nothing in their places for a moment. */
  function finish({ account }: Whose): Promise<void> {
    return withRoots((roots) => finishMoveOf(roots, account));
  }

  /** One directory of a person's. */
  async function ensureOne(root: string, { account, uid }: Whose, mode: number): Promise<void> {
    await using parent = await openRoot(root);
    const name = String(account);
    await using fresh = await makeClosedFolder(parent, name);
    if (fresh !== null) {
      await setModeOfHeld(fresh, mode);
      await giveHeld(fresh, uid, uid);
      await parent.sync();
      return;
    }
    await using held = await nameIn(parent, name);
    const stats = await held.stat();
    if (stats.isDirectory() && stats.uid === uid) return;
    // What is away is not set aside: its owner would begin anew, and find two of everything.
    const isHoused = stats.isSymbolicLink() && isPlace(root) && (await houses.isHouse(parent, root, account));
    if (isHoused) return await houses.requireOwn(parent, root, { account, uid });
    if (!stats.isDirectory() || !ground.formerOwners.has(stats.uid)) {
      // Of another person who had this id (an older backup was restored): kept, out of the way.
      const aside = `.unclaimed-${name}-${Date.now()}`;
      await rename(inside(parent, name), inside(parent, aside));
      log.warn(
        { root, name, aside, uid: stats.uid },
        "another account's directory stood in a person's place; set aside",
      );
      return ensureOne(root, { account, uid }, mode);
    }
    await using folder = await folderIn(parent, name);
    const { changed, left } = await takeOver(folder, { uid, gid: uid }, ground.formerOwners);
    await setModeOfHeld(folder, mode);
    log.info({ root, account, uid, changed, left }, "gave what an earlier server had made to the person's own account");
  }

  return {
    async prepare() {
      const roots = [
        // The server lists whose folders there are, and looks into none.
        [PLACES.workspaces, 0o751, 0],
        [PLACES.trash, PASSAGE, 0],
        [PLACES.homes, PASSAGE, 0],
        ["run", PASSAGE, 0],
        [PLACES.run, PASSAGE, server.uid],
      ] as const;
      for (const [name, mode, owner] of roots) {
        await mkdir(path.join(dataDir, name), { recursive: true, mode });
        await using folder = await openRoot(name);
        const stats = await folder.stat();
        if (stats.uid !== owner && !ground.formerOwners.has(stats.uid)) {
          throw new BrokerRefusal(
            "failed",
            `${path.join(dataDir, name)} belongs to another account (uid ${stats.uid})`,
          );
        }
        await folder.chown(owner, server.gid);
        await folder.chmod(mode);
      }
      await withRoots((found) => finishMoves(found, log));
      // A server that is root reads all of it as it is.
      if (server.uid === 0) return;
      await using run = await openRoot(PLACES.run);
      await takeFormerRuns(run, ground);
    },
    async ensure(whose) {
      await finish(whose);
      await ensureOne(PLACES.homes, whose, PRIVATE);
      await ensureOne(PLACES.trash, whose, PRIVATE);
      await ensureOne(PLACES.workspaces, whose, PASSAGE);
    },
    async has({ account, uid }) {
      await finish({ account, uid });
      for (const root of [PLACES.homes, PLACES.trash, PLACES.workspaces]) {
        await using parent = await openRoot(root);
        const held = await nameIn(parent, String(account)).catch(() => null);
        const stats = await held?.stat();
        await held?.close();
        if (stats?.isSymbolicLink() && isPlace(root)) await houses.requireOwn(parent, root, { account, uid });
        else if (stats?.uid !== uid || !stats.isDirectory()) return false;
      }
      return true;
    },
    async house(whose, name) {
      await finish(whose);
      return withRoots(async (roots) => {
        const housed = await houses.house(roots, whose, name);
        if (name !== null) await syncAll(roots);
        return housed;
      });
    },
    moveIn(whose, name) {
      return withRoots(async (roots) => {
        const housed = await houses.move(roots, whose, name, closing(roots, whose.account));
        await syncAll(roots);
        return housed;
      });
    },
    openAside: (whose) => withRoots((roots) => openAside(roots, whose)),
    removeAside: ({ account }) => withRoots((roots) => removeAsideOf(roots, account)),
    async unhouse(whose) {
      await finish(whose);
      await withRoots((roots) => unhouseAccount(placesIn(roots, whose.account)));
      await this.ensure(whose);
    },
    async ensureRunFolder(uid, job) {
      await using parent = await openRoot(PLACES.run);
      const name = String(job);
      await using fresh = (await makeClosedFolder(parent, name)) ?? (await begunFolder(parent, name));
      const { uid: owner } = await fresh.stat();
      // The parent is the server's: what bears the name now may not be what we made.
      if (owner !== uid && (owner !== 0 || (await readdir(inside(fresh, "."))).length > 0)) {
        throw new BrokerRefusal("refused", `the run folder of session ${job} is not this person's`);
      }
      // Again, too: its owner may have closed it to the server.
      await giveHeld(fresh, uid, server.gid);
      // After the owner: a change of owner takes the bit away that makes the group be inherited.
      await setModeOfHeld(fresh, MEETING_PLACE);
      return path.join(dataDir, PLACES.run, name);
    },
  };
}

async function syncAll({ workspaces, trash }: Readonly<Record<PlaceKind, FileHandle>>): Promise<void> {
  await Promise.all([workspaces.sync(), trash.sync()]);
}

/** Whether what lies there may lie in people's storage. */
function isPlace(root: string): root is PlaceKind {
  return root === PLACES.workspaces || root === PLACES.trash;
}

/** One that is there already: the session's from before, or ours that a kill kept us from giving away. */
async function begunFolder(parent: FileHandle, name: string): Promise<FileHandle> {
  return folderIn(parent, name).catch((cause: unknown) => {
    throw new BrokerRefusal("refused", `the run folder of session ${name} is no directory`, { cause });
  });
}
