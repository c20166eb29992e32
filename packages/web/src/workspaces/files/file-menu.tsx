import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress, zipAddress } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import {
  IconArchive,
  IconCopy,
  IconDownload,
  IconFolderSymlink,
  IconInfoCircle,
  IconPencil,
  IconTrash,
} from "../../pieces/icons.ts";
import type { FileVerbs } from "./file-asks.ts";
import { isArchive } from "./preview/preview-kind.ts";

interface FileMenuProps {
  readonly workspaceId: number;
  readonly entry: FileEntry;
  readonly writable: boolean;
  readonly verbs: FileVerbs;
  readonly target: ReactNode;
  onClose(): void;
}

const size = 16;

/** Everything that can be done with one file or folder; the keys beside the words do the same in the list. */
export function FileMenu({ workspaceId, entry, writable, verbs, target, onClose }: FileMenuProps) {
  const { t } = useTranslation();
  const { ask } = verbs;
  const download =
    entry.type === "folder" ? zipAddress(workspaceId, [entry.path]) : fileAddress(workspaceId, entry.path);
  const receivable = entry.openable && (entry.type === "file" || entry.type === "folder");
  const changeable = writable && entry.openable;
  return (
    <Menu
      defaultOpened
      position="bottom-end"
      onClose={onClose}
      shadow="sm"
      width="max-content"
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown aria-label={t("files.menuOf", { name: entry.name })}>
        {receivable && (
          <Menu.Item component="a" href={download} download leftSection={<IconDownload size={size} />}>
            {t(entry.type === "folder" ? "files.downloadZip" : "files.downloadIt")}
          </Menu.Item>
        )}
        {entry.type === "file" && isArchive(entry.name) && (
          <Menu.Item
            leftSection={<IconArchive size={size} />}
            disabled={!changeable}
            onClick={() => ask({ kind: "extract", entry })}
          >
            {t("files.extract")}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconPencil size={size} />}
          rightSection={<kbd>F2</kbd>}
          disabled={!changeable}
          onClick={() => ask({ kind: "rename", entry })}
        >
          {t("files.rename")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFolderSymlink size={size} />}
          disabled={!changeable}
          onClick={() => ask({ kind: "move", paths: [entry.path] })}
        >
          {t("files.move")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={size} />}
          disabled={!changeable}
          onClick={() => ask({ kind: "copy", paths: [entry.path] })}
        >
          {t("files.copy")}
        </Menu.Item>
        <Menu.Item leftSection={<IconInfoCircle size={size} />} onClick={() => ask({ kind: "details", entry })}>
          {t("files.details")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          data-danger
          leftSection={<IconTrash size={size} />}
          rightSection={<kbd>Del</kbd>}
          disabled={!changeable}
          onClick={() => verbs.remove([entry.path])}
        >
          {t("files.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
