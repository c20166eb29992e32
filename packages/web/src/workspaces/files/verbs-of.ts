import { fileAddress, zipAddress } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import {
  type Icon,
  IconArchive,
  IconCopy,
  IconDownload,
  IconFolderSymlink,
  IconInfoCircle,
  IconPencil,
  IconTerminal2,
  IconTrash,
} from "../../pieces/icons.ts";
import type { FileVerbs } from "./file-asks.ts";
import { isArchive } from "./preview/preview-kind.ts";

/** One thing that can be done with a file: a call, or an address to fetch. */
export interface FileVerb {
  /** Under `files` in the catalogues. */
  readonly word: string;
  readonly picture: Icon;
  readonly href?: string;
  readonly off?: boolean;
  /** The key that does the same in the list. */
  readonly key?: string;
  readonly danger?: boolean;
  act?(): void;
}

interface Of {
  readonly workspaceId: number;
  readonly entry: FileEntry;
  readonly writable: boolean;
  readonly verbs: FileVerbs;
}

/** All that can be done with one file or folder, in the order of a menu. */
export function verbsOf({ workspaceId, entry, writable, verbs }: Of): readonly FileVerb[] {
  const { path, type, name, openable } = entry;
  const { ask } = verbs;
  const off = !writable || !openable;
  const isFolder = type === "folder";
  const download = {
    word: isFolder ? "downloadZip" : "downloadIt",
    picture: IconDownload,
    href: isFolder ? zipAddress(workspaceId, [path]) : fileAddress(workspaceId, path),
  };
  const extract = { word: "extract", picture: IconArchive, off, act: () => ask({ kind: "extract", entry }) };
  const { terminal } = verbs;
  const inTerminal = {
    word: "terminalHere",
    picture: IconTerminal2,
    off: terminal === null || !openable,
    act: () => terminal?.(path),
  };
  return [
    ...(openable && (isFolder || type === "file") ? [download] : []),
    ...(type === "file" && isArchive(name) ? [extract] : []),
    ...(isFolder ? [inTerminal] : []),
    { word: "rename", picture: IconPencil, key: "F2", off, act: () => ask({ kind: "rename", entry }) },
    { word: "move", picture: IconFolderSymlink, off, act: () => ask({ kind: "move", paths: [path] }) },
    { word: "copy", picture: IconCopy, off, act: () => ask({ kind: "copy", paths: [path] }) },
    { word: "details", picture: IconInfoCircle, act: () => ask({ kind: "details", entry }) },
    { word: "delete", picture: IconTrash, key: "Del", danger: true, off, act: () => verbs.remove([path]) },
  ];
}
