import { UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import type { FileEntry } from "../../api/types.ts";
import rows from "../../pieces/rows.module.css";
import { shownName } from "./file-path.ts";

interface FileNameProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly entry: FileEntry;
  readonly tabIndex: number;
  /** With Ctrl or Shift: choosing, not opening. */
  onChoose(event: MouseEvent): void;
  onDetails(): void;
}

/** A folder leads into it, a file to its preview, anything else to what is known of it. Names are isolated. */
export function FileName({ workspaceId, folder, entry, tabIndex, onChoose, onDetails }: FileNameProps) {
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
  const search = isFolder ? { path: entry.path } : { ...(folder === "" ? {} : { path: folder }), file: entry.path };
  return (
    <Link
      {...common}
      to="/workspaces/$workspaceId"
      params={{ workspaceId: String(workspaceId) }}
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
