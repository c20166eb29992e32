import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type FilePart, type FilesOf, partsQuery } from "../../../api/files.ts";

/** A file read as text, in pieces. @param step bytes of a piece */
export function useText(of: FilesOf, path: string, step: number) {
  const client = useQueryClient();
  const options = partsQuery(of, path, step);
  const query = useInfiniteQuery(options);
  const text = useMemo(() => query.data && joined(query.data.pages), [query.data]);
  /** What was saved is what is in the file: text and version of the same answer, shown at once. */
  const put = (content: string, version: string | null) =>
    client.setQueryData(options.queryKey, whole(content, version));
  return { query, text, put };
}

export interface JoinedText {
  readonly content: string;
  /** It begins with the mark that some programs write before a text, and none means as part of it. */
  readonly marked: boolean;
  /** For saving it again; null: the server names none, or it changed while it was read. */
  readonly version: string | null;
  /** False: bytes that are no UTF-8 text. */
  readonly isText: boolean;
  /** Bytes. */
  readonly read: number;
  /** Bytes of the whole file when its last piece was read. */
  readonly size: number;
}

/** A letter cut in two at the end is left out while more is to come; a byte of zero is in no text. */
export function joined(parts: readonly FilePart[]): JoinedText {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const [first] = parts;
  const version = first && parts.every(({ etag }) => etag === first.etag) ? first.etag : null;
  const read = parts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const size = parts.at(-1)?.size ?? 0;
  try {
    const pieces = parts.map(({ bytes }) => decoder.decode(bytes, { stream: true }));
    const content = pieces.join("") + (read < size ? "" : decoder.decode());
    return { content, marked: isMarked(first), version, isText: !content.includes("\0"), read, size };
  } catch {
    return { content: "", marked: false, version, isText: false, read, size };
  }
}

/** U+FEFF in UTF-8. */
const mark = [0xef, 0xbb, 0xbf];
const isMarked = (first: FilePart | undefined): boolean => mark.every((byte, at) => first?.bytes[at] === byte);

/** A text that is known whole, as if it had been read in one piece. */
export function whole(content: string, version: string | null): InfiniteData<FilePart, number> {
  const bytes = new TextEncoder().encode(content);
  return { pages: [{ bytes, etag: version, size: bytes.byteLength }], pageParams: [0] };
}
