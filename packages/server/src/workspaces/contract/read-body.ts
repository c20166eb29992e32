import { StoaError } from "../../platform/errors/stoa-error.ts";
import { PathRefused, parseNewPath } from "../files/file-names.ts";
import { refusals, refused } from "./messages.ts";
import { type RequestedLink, readLinks, refuseLinksInTheWay } from "./read-links.ts";

/** Of one request, by whatever way they come. */
export const MOST_FILES = 10_000;
const NAME_CHARACTERS = 64;
const DESCRIPTION_CHARACTERS = 10_000;

export interface RequestedFile {
  /** As it was asked for, kept in the request's details. */
  readonly name: string;
  readonly parts: readonly string[];
  readonly content: Buffer;
}

export function bytesOf(files: readonly Pick<RequestedFile, "content">[]): number {
  return files.reduce((sum, { content }) => sum + content.byteLength, 0);
}

/** What a body asks for; absent: leave as it is. */
export interface WorkspaceRequest {
  readonly name?: string;
  readonly description?: string;
  /** Null: none. */
  readonly defaultJobType?: string | null;
  readonly files: readonly RequestedFile[];
  readonly links: readonly RequestedLink[];
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads the body of a creation. The order of the checks is the original's.
 * @throws StoaError with the contract's words
 */
export function readCreation(
  body: unknown,
  jobTypes: ReadonlySet<string>,
): WorkspaceRequest & { readonly name: string; readonly description: string } {
  const fields = asBody(body);
  if (fields.name === undefined || fields.description === undefined) throw refused(refusals.missingFields);
  const { name, description, ...rest } = readUpdate(fields, jobTypes);
  return { ...rest, name: name ?? "", description: description ?? "" };
}

/** Reads the body of an update. @throws StoaError with the contract's words */
export function readUpdate(body: unknown, jobTypes: ReadonlySet<string>): WorkspaceRequest {
  const fields = asBody(body);
  const { name, description } = fields;
  const type = readJobType(fields.default_job_type, jobTypes);
  return {
    ...(name === undefined ? {} : { name: readText("name", name, NAME_CHARACTERS, 1) }),
    ...(description === undefined ? {} : { description: readText("description", description, DESCRIPTION_CHARACTERS) }),
    ...(type === undefined ? {} : { defaultJobType: type }),
    ...readDetails(fields.workspace_details),
  };
}

function asBody(body: unknown): Body {
  if (body === undefined || body === null)
    throw new StoaError("malformed_json", { details: { reason: "the body is empty" } });
  if (!isObject(body)) throw refused(refusals.missingFields);
  return body;
}

function readText(field: string, value: unknown, most: number, least = 0): string {
  const length = typeof value === "string" ? [...value].length : -1;
  if (typeof value !== "string" || length < least || length > most || value.includes("\0")) {
    throw refused(`The ${field} must be a text of ${least} to ${most} characters.`);
  }
  return value.toWellFormed();
}

function readJobType(value: unknown, jobTypes: ReadonlySet<string>): string | null | undefined {
  if (value === undefined) return undefined;
  if (value === null || value === "") return null;
  const type = typeof value === "string" ? value : JSON.stringify(value);
  if (!jobTypes.has(type)) throw refused(refusals.unknownJobType(type));
  return type;
}

function readDetails(details: unknown): Pick<WorkspaceRequest, "files" | "links"> {
  if (details === undefined) return { files: [], links: [] };
  if (!isObject(details)) throw refused(refusals.detailsNotJson);
  const { symlinks = [], files = [] } = details;
  if (!Array.isArray(symlinks)) throw refused(refusals.symlinksNotList);
  if (!Array.isArray(files)) throw refused(refusals.filesNotList);
  if (files.length + symlinks.length > MOST_FILES) throw refused(refusals.tooManyFiles(MOST_FILES));
  const asked = { files: files.map(readFile), links: readLinks(symlinks) };
  refuseLinksInTheWay(asked.files, asked.links);
  return asked;
}

function readFile(file: unknown): RequestedFile {
  if (!isObject(file) || typeof file.name !== "string") throw refused(refusals.missingFields);
  const { name, content = "" } = file;
  if (typeof content !== "string") throw refused(`The content of ${name} must be a text.`);
  return { name, parts: checkName(name, refusals.fileDots), content: Buffer.from(content) };
}

/** The parts of a name that a client gave, refused in the contract's words. */
export function checkName(name: string, dots: string): string[] {
  try {
    return parseNewPath(name);
  } catch (error) {
    if (error instanceof PathRefused && error.problem === "dots") throw refused(dots);
    throw error;
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
