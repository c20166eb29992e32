import { ActionIcon, Checkbox } from "@mantine/core";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import { IconDots } from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { useSize } from "../../storage/use-size.ts";
import { draggedKind, readDragged, writeDragged } from "./dragged-paths.ts";
import type { FileVerbs } from "./file-asks.ts";
import { FileIcon } from "./file-icon.tsx";
import type { ListedRow } from "./file-list.tsx";
import { FileMenu } from "./file-menu.tsx";
import { FileName } from "./file-name.tsx";
import { shownName } from "./file-path.ts";
import classes from "./files.module.css";
import { useDropTarget } from "./use-drop-target.ts";

interface FileRowProps extends ListedRow<FileEntry> {
  readonly workspaceId: number;
  readonly folder: string;
  readonly writable: boolean;
  readonly verbs: FileVerbs;
}

/** One file or folder. It can be dragged; a folder takes what is let go over it. */
export function FileRow(props: FileRowProps) {
  const { workspaceId, entry, writable, chosen, verbs } = props;
  const { t } = useTranslation();
  const size = useSize();
  const [menu, setMenu] = useState(false);
  const dots = useRef<HTMLButtonElement>(null);
  // The button is made anew without its menu; a dialog that was opened from it has the focus by then.
  const closeMenu = () => {
    setMenu(false);
    requestAnimationFrame(() => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && document.querySelector("[role=dialog]") === null) dots.current?.focus({ preventScroll: true });
    });
  };
  const isTarget = writable && entry.type === "folder" && entry.openable;
  const { over, handlers } = useDropTarget({
    accepts: (types) => isTarget && (types.includes(draggedKind) || types.includes("Files")),
    onOver: (isOver) => verbs.aim(isOver ? entry.path : null),
    onDrop: (transfer) => {
      if (transfer.types.includes("Files")) verbs.upload(entry.path, transfer);
      else verbs.moveInto(readDragged(transfer, workspaceId, entry.path), entry.path);
    },
  });
  const tabIndex = props.stops ? 0 : -1;
  const label = t("files.menuOf", { name: shownName(entry.name) });
  const button = (
    <ActionIcon
      ref={dots}
      aria-label={label}
      title={label}
      aria-haspopup="menu"
      tabIndex={tabIndex}
      onClick={() => setMenu(true)}
    >
      <IconDots size={18} />
    </ActionIcon>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be dragged here has its verbs in a menu, too
    <div
      className={`${rows.row} ${classes.row}`}
      data-chosen={chosen || undefined}
      data-over={over || undefined}
      draggable={writable && entry.openable}
      onDragStart={(event: DragEvent) => writeDragged(event.dataTransfer, { workspaceId, paths: props.dragged() })}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenu(true);
      }}
      {...handlers}
    >
      <Checkbox
        size="xs"
        className={`${classes.choose} ${rows.above}`}
        checked={chosen}
        disabled={!entry.openable}
        tabIndex={tabIndex}
        aria-label={t("files.choose", { name: shownName(entry.name) })}
        onClick={props.onChoose}
        onChange={() => {}}
      />
      <FileIcon entry={entry} />
      <div className={rows.main}>
        <FileName
          of={workspaceId}
          folder={props.folder}
          entry={entry}
          tabIndex={tabIndex}
          onChoose={props.onChoose}
          onDetails={() => verbs.ask({ kind: "details", entry })}
        />
      </div>
      <div className={rows.end}>
        <span className={classes.date}>
          <When at={entry.modified_at} />
        </span>
        <span className={`${classes.size} tabular`}>
          {entry.type === "file" && entry.size !== null && size(entry.size)}
        </span>
        <span className={rows.above}>
          {/* Made only when it is asked for: it holds much, and rows are many. */}
          {menu ? (
            <FileMenu
              workspaceId={workspaceId}
              entry={entry}
              writable={writable}
              verbs={verbs}
              target={button}
              onClose={closeMenu}
            />
          ) : (
            button
          )}
        </span>
      </div>
    </div>
  );
}
