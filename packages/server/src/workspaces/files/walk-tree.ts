import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { readName } from "./entry-names.ts";
import { isSystemError } from "./file-errors.ts";
import { DEPTH } from "./file-names.ts";
import { describe, type FolderEntry, firstPlaces, type Place } from "./list-folder.ts";
import { foldName } from "./name-folding.ts";

/** Places of one folder that are held at a time; what lies beyond is read anew. */
const AT_ONCE = 20_000;
/** Of one page: what takes longer goes on with the next. */
const MOST_LOOKED_AT = 200_000;
const MOST_MS = 5_000;

export interface TreeQuestion {
  readonly workspace: number;
  /** The folder below which is looked. */
  readonly parts: readonly string[];
  /** Only names with this in them, whatever the case and the spelling of the same letters; null: all. */
  readonly match: string | null;
  /** Levels below the folder; null: all. */
  readonly depth: number | null;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface TreePage {
  readonly items: readonly FolderEntry[];
  /** Also where less than `limit` was found in the time of a page. */
  readonly next_cursor: string | null;
}

/** One entry on the way through the tree: folders before their contents. */
interface Step {
  readonly folder: OpenFolder;
  /** Shown names of the folders it lies in. */
  readonly above: readonly string[];
  /** From the top to itself. */
  readonly path: readonly Place[];
}

/**
 * Goes through a folder and all below it, always in the same order, a page at a time. Links are met and never
 * followed; what can't be read is left out. Memory, time and descriptors are bounded, whatever a session made.
 * @throws StoaError not_found, conflict (no folder), invalid (a cursor that is not ours)
 */
export const walkTree: FileCommand<TreeQuestion, TreePage> = async (folders, question, io) => {
  const { parts, limit, cursor, depth } = question;
  const resume = cursor === undefined ? [] : readCursor(cursor);
  await using root = await folders.workspace(question.workspace);
  await using top = await walk(root, parts);
  const wanted = question.match === null ? null : foldName(question.match);
  const until = performance.now() + MOST_MS;
  const items: FolderEntry[] = [];
  let looked = 0;
  const levels = Math.min(depth ?? DEPTH, DEPTH - parts.length);
  for await (const { folder, above, path } of steps(top, { above: parts, path: [], levels, resume })) {
    io.signal.throwIfAborted();
    const name = path[path.length - 1]?.name ?? Buffer.alloc(0);
    if (wanted === null || foldName(readName(name).text).includes(wanted)) {
      const entry = await describe(folder, above, name);
      if (entry !== null) items.push(entry);
    }
    looked += 1;
    if (items.length >= limit || looked >= MOST_LOOKED_AT || performance.now() > until) {
      return { items, next_cursor: writeCursor(path) };
    }
  }
  return { items, next_cursor: null };
};

interface Level {
  readonly above: readonly string[];
  readonly path: readonly Place[];
  /** Levels still to go. */
  readonly levels: number;
  /** Where an earlier page ended, from this level on. */
  readonly resume: readonly Place[];
}

async function* steps(folder: OpenFolder, level: Level): AsyncGenerator<Step> {
  const [begun, ...deeper] = level.resume;
  if (begun !== undefined) yield* inside(folder, begun, { ...level, resume: deeper });
  let after = begun ?? null;
  for (;;) {
    const places = await firstPlaces(folder, after, AT_ONCE);
    for (const place of places) {
      yield { folder, above: level.above, path: [...level.path, place] };
      yield* inside(folder, place, { ...level, resume: [] });
    }
    if (places.length < AT_ONCE) return;
    after = places[places.length - 1] ?? null;
  }
}

async function* inside(folder: OpenFolder, place: Place, level: Level): AsyncGenerator<Step> {
  if (place.rank !== 0 || level.levels <= 1) return;
  const inner = await openIfThere(folder, place.name);
  if (inner === null) return;
  await using open = inner;
  yield* steps(open, {
    ...level,
    above: [...level.above, readName(place.name).text],
    path: [...level.path, place],
    levels: level.levels - 1,
  });
}

async function openIfThere(folder: OpenFolder, name: Buffer): Promise<OpenFolder | null> {
  try {
    return await folder.folder(name);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM")) return null;
    throw error;
  }
}

/** Names can hold any byte but the slash. */
function writeCursor(path: readonly Place[]): string {
  const pieces = path.flatMap(({ rank, name }) => [Buffer.from(String(rank)), name, Buffer.from("/")]);
  return Buffer.concat(pieces).toString("base64url");
}

function readCursor(cursor: string): Place[] {
  const pieces = Buffer.from(cursor, "base64url").toString("latin1").split("/");
  const places = pieces.slice(0, -1).map((piece) => ({ rank: piece[0], name: Buffer.from(piece.slice(1), "latin1") }));
  const valid = places.every(({ rank, name }) => (rank === "0" || rank === "1") && isName(name));
  if (places.length === 0 || places.length > DEPTH || pieces.at(-1) !== "" || !valid) {
    throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  }
  return places.map(({ rank, name }) => ({ rank: rank === "0" ? 0 : 1, name }));
}

/** It may come from anybody: no way up, and nothing that is none. */
function isName(name: Buffer): boolean {
  return name.length > 0 && name.length <= 255 && ![".", ".."].includes(name.toString("latin1")) && !name.includes(0);
}
