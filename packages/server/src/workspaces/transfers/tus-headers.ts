import { createHash, getHashes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { parseNewPath } from "../files/file-names.ts";
import { CONFLICTS, type Conflicts } from "../files/place-name.ts";
import type { UploadStanding } from "./uploads.ts";

/** The protocol of https://tus.io/protocols/resumable-upload, version 1.0.0: its headers, read and written. */
export const TUS_VERSION = "1.0.0";
export const TUS_BYTES = "application/offset+octet-stream";
export const TUS_EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration";
export const TUS_CHECKSUMS = ["sha1", "sha256", "sha512", "md5"].filter((name) => getHashes().includes(name));

/** Every request but OPTIONS says which version it speaks. @throws StoaError precondition_failed */
export function requireVersion(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers["tus-resumable"] === TUS_VERSION) return;
  reply.header("tus-version", TUS_VERSION);
  const problem = `The header Tus-Resumable has to be ${TUS_VERSION}`;
  throw new StoaError("precondition_failed", { details: { problem } });
}

/** @throws StoaError invalid */
export function readCount(request: FastifyRequest, header: "upload-length" | "upload-offset"): number {
  const value = request.headers[header];
  if (typeof value !== "string" || !/^\d{1,15}$/.test(value)) {
    throw invalid(
      `the header ${header === "upload-length" ? "Upload-Length" : "Upload-Offset"} has to be a number of bytes`,
    );
  }
  return Number(value);
}

/** @throws StoaError invalid (an algorithm that is not ours, no digest) */
export function readChecksum(request: FastifyRequest): { algorithm: string; digest: string } | null {
  const value = request.headers["upload-checksum"];
  if (value === undefined) return null;
  const [algorithm = "", digest = "", ...rest] = String(value).split(" ");
  if (!TUS_CHECKSUMS.includes(algorithm) || rest.length > 0) {
    throw invalid(`the header Upload-Checksum is one of ${TUS_CHECKSUMS.join(", ")}, a space and the digest in base64`);
  }
  const bytes = Buffer.from(digest, "base64");
  if (bytes.byteLength !== createHash(algorithm).digest().byteLength) {
    throw invalid(`the digest in Upload-Checksum has not the length of ${algorithm}`);
  }
  return { algorithm, digest: bytes.toString("base64") };
}

/** What a client says of a file: where it goes and what it must be. */
export interface UploadMetadata {
  readonly parts: readonly string[];
  readonly conflicts: Conflicts;
  readonly sha256: Buffer | null;
}

/**
 * Reads `Upload-Metadata`: keys, each with its value in base64, separated by commas. Keys that we don't know are kept
 * and given back.
 * @throws StoaError invalid; PathRefused
 */
export function readMetadata(header: string | string[] | undefined): UploadMetadata {
  const values = new Map<string, string>();
  for (const pair of String(header ?? "").split(",")) {
    const [key = "", value = "", ...rest] = pair.trim().split(" ");
    if (key === "" && value === "") continue;
    if (rest.length > 0 || values.has(key) || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      throw invalid("the header Upload-Metadata is a list of different keys, each with a value in base64");
    }
    values.set(key, utf8(key, Buffer.from(value, "base64")));
  }
  // `filename` and `name` are what browsers' clients send, `relativePath` for a file in a folder.
  const path = ["path", "relativePath", "filename", "name"]
    .map((key) => values.get(key))
    .find((value) => value && value !== "null");
  if (path === undefined) throw invalid("Upload-Metadata has to say by `path` (or `filename`) where the file goes");
  const wanted = values.get("on_conflict") ?? "replace";
  const conflicts = CONFLICTS.find((one) => one === wanted);
  if (conflicts === undefined) throw invalid(`\`on_conflict\` is one of ${CONFLICTS.join(", ")}`);
  return { parts: parseNewPath(path), conflicts, sha256: readSha256(values.get("sha256")) };
}

/** Hexadecimal, or base64. */
function readSha256(text: string | undefined): Buffer | null {
  if (text === undefined || text === "") return null;
  const digest = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  if (digest.byteLength === 32) return digest;
  throw invalid("`sha256` in Upload-Metadata is the SHA-256 of the whole file, in hexadecimal or base64");
}

function utf8(key: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new StoaError("invalid", {
      details: { problem: `the value of ${key} in Upload-Metadata is not valid UTF-8` },
      cause: error,
    });
  }
}

/** What every answer about an upload says. */
export function describeStanding(reply: FastifyReply, { row, offset }: UploadStanding): FastifyReply {
  reply.header("upload-offset", offset);
  // An upload that is complete does not expire as one.
  if (row.state !== "done") reply.header("upload-expires", row.expires_at.toUTCString());
  return reply;
}

function invalid(problem: string): StoaError {
  return new StoaError("invalid", { details: { problem } });
}
