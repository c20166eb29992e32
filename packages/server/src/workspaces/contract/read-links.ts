import { PathRefused, parseNewPath } from "../files/file-names.ts";
import type { RequestedLinkDetails } from "../tables.ts";
import { refusals, refused } from "./messages.ts";

/** Bytes of JSON that the links of one request may take: the workspace keeps their objects whole. */
const MOST_BYTES = 128 * 1024;

export interface RequestedLink {
  /** As it was asked for. */
  readonly name: string;
  readonly parts: readonly string[];
  /** Where it is to lead; relative ones start at one of the roots. */
  readonly target: string;
  /** The whole object of the request. */
  readonly details: RequestedLinkDetails;
}

type Named = { readonly parts: readonly string[] };

/**
 * Reads the `symlinks` of a request; `path` is another word for `source_path`. A dataset's id names a place in a
 * storage that we don't have.
 * @throws StoaError with the contract's words
 */
export function readLinks(symlinks: readonly unknown[]): RequestedLink[] {
  const links = symlinks.map(readLink);
  if (Buffer.byteLength(JSON.stringify(links.map(({ details }) => details))) > MOST_BYTES) {
    throw refused(`The symlinks of one request take ${MOST_BYTES} bytes at most.`);
  }
  return links;
}

function readLink(symlink: unknown): RequestedLink {
  if (typeof symlink !== "object" || symlink === null || Array.isArray(symlink)) throw refused(refusals.missingFields);
  const fields = symlink as Readonly<Record<string, unknown>>;
  const name = textOf(fields.name);
  const parts = readName(name);
  const source = fields.source_path ?? fields.path;
  const target = textOf(source);
  if (target === "" || target.includes("\0") || target.length > 4_000) {
    throw refused(refusals.symlinkMissing(target || textOf(fields.dataset_uuid)));
  }
  return { name, parts, target, details: { ...fields, name } };
}

function readName(name: string): string[] {
  try {
    return parseNewPath(name);
  } catch (error) {
    if (!(error instanceof PathRefused)) throw error;
    throw refused(error.problem === "dots" ? refusals.symlinkDots : refusals.symlinkDestination(name));
  }
}

/** Nothing can lie below a link, and no link in the place of a folder that the same request makes. */
export function refuseLinksInTheWay(files: readonly Named[], links: readonly RequestedLink[]): void {
  const folders = new Set([...files, ...links].flatMap(({ parts }) => above(parts)));
  const names = new Set([...files, ...links].map(({ parts }) => parts.join("/")));
  for (const { name, parts } of links) {
    const isBelowOne = above(parts).some((folder) => names.has(folder));
    if (folders.has(parts.join("/")) || isBelowOne) throw refused(refusals.symlinkDestination(name));
  }
}

function above(parts: readonly string[]): string[] {
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
