import { randomBytes } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { INSIDE, type PlaceKind } from "../../platform/processes/inside-storage.ts";
import type { FileCommand, PersonFolders } from "../file-work/contract.ts";
import { type Comparing, type Comparison, compareFolders, comparing, lastChange } from "./compare-trees.ts";
import { copyTree, syncFileSystem } from "./copy-trees.ts";
import { OpenFolder, walk, walkMaking } from "./descriptor-walk.ts";
import { tellingOf } from "./file-errors.ts";
import { removeTree } from "./remove-tree.ts";

/**
 * In the storage's own folder: a copy that is being made, or one that is alike and on the disk; then the boot of the
 * machine that wrote it, then the attempt.
 */
const STAGE = /^(?:moving-in|copied)\.([0-9a-f]{8}\.[0-9a-f]{12})$/;
const PRIVATE = 0o700;
const KINDS = ["workspaces", "trash"] as const satisfies readonly PlaceKind[];
/** What `cp` still had to do to its last file when it was cut off takes no longer. */
const DOUBTED_NS = 10_000_000_000n;
/** One makes the copy, one or two mend what a cut-off one has left; more, and it can't be made. */
const MOST_PASSES = 4;

/** Absolute: the storage of the person whose files these are. */
interface Storage {
  readonly directory: string;
}

export interface MoveInSize {
  readonly files: number;
  readonly folders: number;
  /** Sizes added up, and what they take on the disk. A file with several names counts once. */
  readonly bytes: number;
  readonly disk: number;
}

/** How much there is to be moved. @throws StoaError conflict: something of it can't be copied as it is */
export const measureMoveIn: FileCommand<Storage, MoveInSize> = async (folders, { directory }, { signal }) => {
  await using storage = await openStorage(directory);
  const comparison = comparing(signal);
  for (const kind of await toBeMoved(folders, storage)) {
    await using source = await openSource(folders, kind);
    await compareFolders(source, null, Buffer.from(kind), comparison);
  }
  return sizeOf(comparison.found);
};

/**
 * Copies what somebody has into a folder of their storage that nothing looks at yet, and compares it until it is alike.
 * Cut off, it goes on with what is there.
 * @throws StoaError conflict (what cp said; something that can't be copied as it is), disk_full
 */
export const stageMoveIn: FileCommand<Storage, MoveInSize> = async (folders, { directory }, { signal, progress }) => {
  await using storage = await openStorage(directory);
  await requireFree(folders, storage);
  await using own = await walkMaking(storage, [".stoa"], PRIVATE);
  const { name, isNew } = await takeStage(own, signal);
  await using stage = await own.folder(name);
  let doubted = isNew ? null : (await lastChange(stage, signal)) - DOUBTED_NS;
  let copied = 0;
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const comparison = comparing(signal, stage, doubted);
    const kinds = await toBeMoved(folders, storage);
    for (const kind of kinds) await compareOne(folders, kind, stage, comparison);
    const { found } = comparison;
    if (found.missing + found.unlike + found.relinked === 0) {
      await syncFileSystem(stage, signal);
      await rename(own.at(name), own.at(name.replace("moving-in", "copied")));
      await own.sync();
      return sizeOf(found);
    }
    if (pass === MOST_PASSES) throw neverAlike(found);
    for (const kind of kinds) {
      await using source = await openSource(folders, kind);
      await copyTree(source, { folder: own, name: `${name}/${kind}` }, signal, () => {
        copied += 1;
        progress({ files: copied, bytes: 0 });
      });
    }
    doubted = null;
  }
  throw new Error("not reached");
};

/**
 * Gives the copies the names that they are looked for by. Cut off between the two it is done again.
 * @throws StoaError conflict: something stands there, or there is no copy
 */
export const placeMoveIn: FileCommand<Storage, null> = async (folders, { directory }, { signal }) => {
  await using storage = await openStorage(directory);
  await using own = await walkMaking(storage, [".stoa"], PRIVATE);
  const name = (await stagesIn(own)).find((one) => one.startsWith("copied."));
  const staged: PlaceKind[] = [];
  if (name !== undefined) {
    await using stage = await own.folder(name);
    for (const kind of ["trash", "workspaces"] as const) if ((await stage.stat(kind)) !== null) staged.push(kind);
    // All of them before any has its name: a copy that is not alike is found by nobody.
    for (const kind of staged) await requireAlike(folders, kind, await stage.folder(kind), signal);
    for (const kind of staged) {
      const parent = kind === "trash" ? own : storage;
      // Over an empty folder only: the kernel refuses any other.
      await tellingOf(INSIDE[kind].join("/"), () => rename(stage.at(kind), parent.at(kind)));
    }
    await Promise.all([stage.sync(), own.sync(), storage.sync()]);
  }
  for (const kind of await toBeMoved(folders, storage)) {
    if (staged.includes(kind)) continue;
    const copy = await folderThere(storage, kind);
    if (copy === null) throw conflict(`there is no copy of the ${kind} in the storage`);
    await requireAlike(folders, kind, copy, signal);
  }
  if (name !== undefined) await removeTree(own, name);
  return null;
};

/** Removes what was copied and not placed. */
export const discardMoveIn: FileCommand<Storage, null> = async (_folders, { directory }, { signal }) => {
  await using storage = await openStorage(directory);
  if ((await storage.stat(".stoa")) === null) return null;
  await using own = await walkMaking(storage, [".stoa"], PRIVATE);
  for (const name of await stagesIn(own)) await removeTree(own, name, signal);
  return null;
};

/** Empties what was set aside of somebody's folders once they had been moved. */
export const emptyAside: FileCommand<Readonly<Record<string, never>>, null> = async (folders, _args, { signal }) => {
  for (const kind of KINDS) {
    await using aside = await folders.aside(kind);
    if (aside === null) continue;
    for await (const { name } of await aside.items()) await removeTree(aside, name, signal);
    await aside.sync();
  }
  return null;
};

async function openStorage(directory: string): Promise<OpenFolder> {
  return OpenFolder.trusted(directory).catch((cause: unknown) => {
    throw new StoaError("unavailable", { details: { what: "The storage that the workspaces are to lie in" }, cause });
  });
}

function openSource(folders: PersonFolders, kind: PlaceKind): Promise<OpenFolder> {
  return kind === "workspaces" ? folders.account() : folders.trash();
}

/** A trash that lies in the storage already stays where it is. */
async function toBeMoved(folders: PersonFolders, storage: OpenFolder): Promise<PlaceKind[]> {
  const found: PlaceKind[] = [];
  for (const kind of KINDS) {
    await using source = await openSource(folders, kind);
    await using there = await folderThere(storage, kind);
    const [one, other] = [await source.stat("."), (await there?.stat(".")) ?? null];
    if (one === null || other === null || one.ino !== other.ino || one.dev !== other.dev) found.push(kind);
  }
  if (!found.includes("workspaces")) throw conflict("the workspaces lie in the storage already");
  return found;
}

/** Null: there is none yet. @throws StoaError conflict: no folder, a link on the way */
async function folderThere(storage: OpenFolder, kind: PlaceKind): Promise<OpenFolder | null> {
  return walk(storage, INSIDE[kind]).catch((error: unknown) => {
    if (error instanceof StoaError && error.code === "not_found") return null;
    throw error;
  });
}

/** Nothing of the person's own is ever taken for a copy, nor replaced by one. */
async function requireFree(folders: PersonFolders, storage: OpenFolder): Promise<void> {
  for (const kind of await toBeMoved(folders, storage)) {
    await using folder = await folderThere(storage, kind);
    if (folder === null) continue;
    for await (const { name } of await folder.items()) {
      const first = name.toString("utf8").slice(0, 200);
      throw conflict(`${INSIDE[kind].join("/")} in the storage has something in it already (${first})`);
    }
  }
}

/** Once more, before all others look there: somebody may have been at the copy, or at what it is of, since. */
async function requireAlike(folders: PersonFolders, kind: PlaceKind, found: OpenFolder, signal: AbortSignal) {
  await using copy = found;
  await using source = await openSource(folders, kind);
  await compareFolders(source, copy, Buffer.from(kind), comparing(signal, copy, null, true));
  await copy.sync();
}

/**
 * The copy's folder, under a name of its own for each attempt: a `cp` of a killed one, which may live on for a moment,
 * finds nothing by the former name. What was written before the machine started is not trusted to be on its disk.
 */
async function takeStage(own: OpenFolder, signal: AbortSignal): Promise<{ name: string; isNew: boolean }> {
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8);
  const name = `moving-in.${boot}.${randomBytes(6).toString("hex")}`;
  const [present, ...others] = await stagesIn(own);
  const isUsable =
    present !== undefined &&
    STAGE.exec(present)?.[1]?.startsWith(boot) === true &&
    (await own.stat(present))?.isDirectory() === true;
  for (const other of isUsable || present === undefined ? others : [present, ...others]) {
    await removeTree(own, other, signal);
  }
  if (isUsable) await rename(own.at(present), own.at(name));
  else await (await own.ensure(name, PRIVATE)).folder[Symbol.asyncDispose]();
  return { name, isNew: !isUsable };
}

async function stagesIn(own: OpenFolder): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await own.items()) if (STAGE.test(name.toString("latin1"))) names.push(name.toString());
  return names.sort();
}

async function compareOne(folders: PersonFolders, kind: PlaceKind, stage: OpenFolder, comparison: Comparing) {
  await using source = await openSource(folders, kind);
  const isThere = (await stage.stat(kind)) !== null;
  await using copy = isThere ? await stage.folder(kind) : null;
  if (copy === null) comparison.found.missing += 1;
  await compareFolders(source, copy, Buffer.from(kind), comparison);
}

function sizeOf({ files, folders, bytes, disk }: Comparison): MoveInSize {
  return { files, folders, bytes, disk };
}

function neverAlike({ first }: Comparison): StoaError {
  return conflict(
    `the copy is not like what it is of: ${JSON.stringify(first)} can't be copied with its owner, group, mode and time, or somebody writes there`,
  );
}

function conflict(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
