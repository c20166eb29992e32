import { readlink } from "node:fs/promises";
import path from "node:path";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { PersonFolders } from "../file-work/contract.ts";
import { OpenFolder, walk } from "./descriptor-walk.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";

/** Links that lead to links; the kernel itself gives up after 40. */
const MOST_LINKS = 16;

/** Where something is after all links were followed: a root, and names below it of which none is a link. */
interface Place {
  readonly root: string;
  readonly parts: readonly string[];
}

/**
 * Opens something of a workspace for reading. A link on the way, or at its end, is followed where it leads below
 * one of the roots that the operator named; any other is refused as everywhere. Where it leads is worked out from
 * the link's text, then walked from the root by descriptors: what is swapped meanwhile leads nowhere else.
 * @param open called with a folder, and names below it of which none may be a link
 * @throws what `open` throws
 */
export async function openToRead<T>(
  folders: PersonFolders,
  workspace: number,
  parts: readonly string[],
  open: (root: OpenFolder, parts: readonly string[]) => Promise<T>,
): Promise<T> {
  await using root = await folders.workspace(workspace);
  try {
    return await open(root, parts);
  } catch (error) {
    if (folders.symlinkRoots.length === 0 || !(error instanceof StoaError && error.code === "conflict")) throw error;
    const place = await resolve(folders.symlinkRoots, { folder: root, path: null }, parts).catch(swappedMeanwhile);
    if (place === null) throw error;
    await using shared = await tellingOf(parts.join("/"), () => OpenFolder.trusted(place.root));
    return await open(shared, place.parts);
  }
}

/** What was a link or a folder at one look is something else, or gone, at the next. */
function swappedMeanwhile(error: unknown): null {
  if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EINVAL", "EACCES")) return null;
  throw error;
}

/**
 * The absolute path that a link to `target` should have; a relative one is looked for below each root.
 * @returns null: there is nothing, or nothing below a root
 */
export async function findBelowRoots(roots: readonly string[], target: string): Promise<string | null> {
  const candidates = path.isAbsolute(target) ? [target] : roots.map((root) => path.join(root, target));
  for (const candidate of candidates) {
    const place = placeOf(roots, path.normalize(candidate));
    if (place !== null && (await isThere(roots, place))) return path.join(place.root, ...place.parts);
  }
  return null;
}

async function isThere(roots: readonly string[], { root, parts }: Place): Promise<boolean> {
  try {
    await using top = await OpenFolder.trusted(root);
    const place = await resolve(roots, { folder: top, path: root }, parts);
    if (place === null) return false;
    await using end = await OpenFolder.trusted(place.root);
    await using folder = await walk(end, place.parts.slice(0, -1));
    return (await folder.stat(place.parts.at(-1) ?? ".")) !== null;
  } catch {
    return false;
  }
}

/** Null: a link leads out of the roots, or they lead in circles. */
async function resolve(
  roots: readonly string[],
  from: { readonly folder: OpenFolder; readonly path: string | null },
  parts: readonly string[],
): Promise<Place | null> {
  let place = { root: from.path, parts };
  for (let count = 0; count <= MOST_LINKS; count += 1) {
    const link = place.root === from.path ? await firstLink(from.folder, place.parts) : await firstLinkBelow(place);
    if (link === null) return place.root === null ? null : { root: place.root, parts: place.parts };
    const target = absolute(place.root, place.parts.slice(0, link.index), link.target);
    const next = target && placeOf(roots, path.join(target, ...place.parts.slice(link.index + 1)));
    if (!next) return null;
    place = next;
  }
  return null;
}

async function firstLinkBelow({ root, parts }: { root: string | null; parts: readonly string[] }) {
  await using folder = await OpenFolder.trusted(root ?? "/nowhere");
  return await firstLink(folder, parts);
}

/** The first of the names that is a link, and its text. */
async function firstLink(
  root: OpenFolder,
  parts: readonly string[],
): Promise<{ readonly index: number; readonly target: string } | null> {
  let current = await root.folder(".");
  try {
    for (const [index, name] of parts.entries()) {
      const stats = await current.stat(name);
      if (stats?.isSymbolicLink()) return { index, target: await readlink(current.at(name)) };
      if (!stats?.isDirectory()) return null;
      const next = await current.folder(name);
      await current[Symbol.asyncDispose]();
      current = next;
    }
    return null;
  } finally {
    await current[Symbol.asyncDispose]();
  }
}

/** Below a root the folder that a link lies in is known by its path; in a workspace only absolute links count. */
function absolute(root: string | null, folder: readonly string[], target: string): string | null {
  if (path.isAbsolute(target)) return path.normalize(target);
  return root === null ? null : path.join(root, ...folder, target);
}

function placeOf(roots: readonly string[], target: string): Place | null {
  for (const root of roots) {
    if (target === root) return { root, parts: [] };
    if (target.startsWith(`${root}/`)) {
      const parts = target.slice(root.length + 1).split("/");
      return { root, parts: parts.filter((part) => part !== "") };
    }
  }
  return null;
}
