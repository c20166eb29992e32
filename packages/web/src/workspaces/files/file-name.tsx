import { UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { type FilesOf, workspaceOf } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import rows from "../../pieces/rows.module.css";
import { shownName } from "./file-path.ts";
import { placeSearch } from "./place-search.ts";

interface FileNameProps {
  readonly of: FilesOf;
  readonly folder: string;
  readonly entry: FileEntry;
  readonly tabIndex: number;
  /** With Ctrl or Shift: choosing, not opening. */
  onChoose(event: MouseEvent): void;
  onDetails(): void;
}

/** A folder leads into it, a file to its preview, anything else to what is known of it. Names are isolated. */
export function FileName({ of, folder, entry, tabIndex, onChoose, onDetails }: FileNameProps) {
  const shown = shownName(entry.name);
  const common = { className: rows.link, dir: "auto" as const, "data-row": entry.path, draggable: false, tabIndex };
  if (!entry.openable || (entry.type !== "folder" && entry.type !== "file")) {
    return (
      <UnstyledButton {...common} onClick={onDetails}>
        {shown}
      </UnstyledButton>
    );
  }
  const isFolder = entry.type === "folder";
  const search = isFolder ? placeSearch(of, entry.path) : placeSearch(of, folder, entry.path);
  return (
    <Link
      {...common}
      to="/workspaces/$workspaceId"
      params={{ workspaceId: String(workspaceOf(of)) }}
      search={search}
      resetScroll={isFolder}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          event.preventDefault();
          onChoose(event);
        }
      }}
    >
      {shown}
    </Link>
  );
}
