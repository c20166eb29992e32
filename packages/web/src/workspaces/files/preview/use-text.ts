import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type FilePart, partsQuery } from "../../../api/files.ts";

/** A file read as text, in pieces. @param step bytes of a piece */
export function useText(workspaceId: number, path: string, size: number, step: number) {
  const query = useInfiniteQuery(partsQuery(workspaceId, path, size, step));
  const text = useMemo(() => query.data && joined(query.data.pages), [query.data]);
  return { query, text };
}

export interface JoinedText {
  readonly content: string;
  /** For saving it again; null: the server names none, or it changed while it was read. */
  readonly version: string | null;
  /** False: bytes that are no UTF-8 text. */
  readonly isText: boolean;
  /** Bytes. */
  readonly read: number;
}

/** A letter cut in two at the end is left out; a byte of zero is in no text. */
export function joined(parts: readonly FilePart[]): JoinedText {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const [first] = parts;
  const version = first && parts.every(({ etag }) => etag === first.etag) ? first.etag : null;
  const read = parts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  try {
    const content = parts.map(({ bytes }) => decoder.decode(bytes, { stream: true })).join("");
    return { content, version, isText: !content.includes("\0"), read };
  } catch {
    return { content: "", version, isText: false, read };
  }
}
