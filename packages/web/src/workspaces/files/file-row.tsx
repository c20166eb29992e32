import { ActionIcon, Checkbox } from "@mantine/core";
import { type DragEvent, type MouseEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconDots, IconFile, IconFolder, IconLink } from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { draggedKind, readDragged, writeDragged } from "./dragged-paths.ts";
import type { FileVerbs } from "./file-asks.ts";
import { FileMenu } from "./file-menu.tsx";
import { FileName } from "./file-name.tsx";
import classes from "./files.module.css";
import { useDropTarget } from "./use-drop-target.ts";

const icons = { file: IconFile, folder: IconFolder, symlink: IconLink, other: IconFile } as const;

interface FileRowProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly entry: FileEntry;
  readonly writable: boolean;
  readonly chosen: boolean;
  readonly verbs: FileVerbs;
  /** What a drag that begins on this row takes along. */
  dragged(): readonly string[];
  onChoose(event: MouseEvent | null): void;
}

/** One file or folder. It can be dragged; a folder takes what is let go over it. */
export function FileRow(props: FileRowProps) {
  const { workspaceId, entry, writable, chosen, verbs } = props;
  const { t } = useTranslation();
  const { format } = useLocale();
  const Icon = icons[entry.type];
  const isTarget = writable && entry.type === "folder" && entry.openable;
  const { over, handlers } = useDropTarget({
    accepts: (types) => isTarget && (types.includes(draggedKind) || types.includes("Files")),
    onDrop: (transfer) => {
      if (transfer.types.includes("Files")) verbs.upload(entry.path, transfer);
      else verbs.moveInto(readDragged(transfer, workspaceId, entry.path), entry.path);
    },
  });
  const movable = writable && entry.openable;
  return (
    <li
      className={`${rows.row} ${classes.row}`}
      data-chosen={chosen || undefined}
      data-over={over || undefined}
      draggable={movable}
      onDragStart={(event: DragEvent) => writeDragged(event.dataTransfer, { workspaceId, paths: props.dragged() })}
      {...handlers}
    >
      <Checkbox
        size="xs"
        className={`${classes.choose} ${rows.above}`}
        checked={chosen}
        disabled={!entry.openable}
        tabIndex={-1}
        aria-label={t("files.choose", { name: entry.name })}
        onChange={() => props.onChoose(null)}
      />
      <Icon size={20} stroke={1.75} role="img" aria-label={t(`files.${entry.type}`)} className={rows.icon} />
      <div className={rows.main}>
        <FileName
          workspaceId={workspaceId}
          folder={props.folder}
          entry={entry}
          onChoose={props.onChoose}
          onDetails={() => verbs.ask({ kind: "details", entry })}
        />
      </div>
      <div className={rows.end}>
        <span className={classes.date}>
          <When at={entry.modified_at} />
        </span>
        <span className={`${classes.size} tabular`}>
          {entry.type === "file" && entry.size !== null && format.bytes(entry.size)}
        </span>
        <span className={rows.above}>
          <More {...props} />
        </span>
      </div>
    </li>
  );
}

/** The menu is made only when it is asked for: a folder may show thousands of rows. */
function More({ workspaceId, entry, writable, verbs }: FileRowProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const label = t("files.menuOf", { name: entry.name });
  const button = (
    <ActionIcon aria-label={label} title={label} aria-haspopup="menu" onClick={() => setOpened(true)}>
      <IconDots size={18} />
    </ActionIcon>
  );
  if (!opened) return button;
  return (
    <FileMenu
      workspaceId={workspaceId}
      entry={entry}
      writable={writable}
      verbs={verbs}
      target={button}
      onClose={() => setOpened(false)}
    />
  );
}
