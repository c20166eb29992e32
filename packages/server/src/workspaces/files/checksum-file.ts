import { createHash } from "node:crypto";
import type { FileCommand } from "../file-work/contract.ts";
import { openToRead } from "./follow-links.ts";
import { exactBytes, openFile } from "./read-file.ts";

export const ALGORITHMS = ["sha256", "md5"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Checksum {
  readonly algorithm: Algorithm;
  /** Hexadecimal. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Of the contents that were read. */
  readonly etag: string;
}

/**
 * A file's checksum, read as a stream: of as many bytes as it has at the beginning, however it grows.
 * @throws StoaError not_found, conflict (no regular file, permissions); an AbortError when the signal comes
 */
export const checksumFile: FileCommand<
  { readonly workspace: number; readonly parts: readonly string[]; readonly algorithm: Algorithm },
  Checksum
> = async (folders, { workspace, parts, algorithm }, io) => {
  const file = await openToRead(folders, workspace, parts, openFile);
  const { size } = file.stats;
  const hash = createHash(algorithm);
  let bytes = 0;
  for await (const chunk of exactBytes(file, { start: 0, end: size - 1 })) {
    io.signal.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.byteLength;
    io.progress({ bytes, files: 0 });
  }
  return { algorithm, digest: hash.digest("hex"), size, etag: file.etag };
};
