import { ActionIcon, Button, FileButton, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import {
  IconFilePlus,
  IconFolderPlus,
  IconFolderUp,
  IconSearch,
  IconTerminal2,
  IconTrash,
  IconUpload,
} from "../../pieces/icons.ts";
import { OpenGroupFolders } from "../../storage/group-folders/open-group-folders.tsx";
import { OpenLookBack } from "../snapshots/open-look-back.tsx";
import classes from "./files.module.css";
import { asDropped, type DroppedFile } from "./uploads/dropped-files.ts";
import type { useTerminalHere } from "./use-terminal-here.ts";

interface FilesToolbarProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly writable: boolean;
  readonly text: string;
  readonly terminal: ReturnType<typeof useTerminalHere>;
  onText(text: string): void;
  onNew(kind: "newFolder" | "newFile"): void;
  onUpload(files: readonly DroppedFile[]): void;
  onTerminal(): void;
}

/** Search by name, a new file or folder, and what has no mouse to drop with: files and whole folders by choosing. */
export function FilesToolbar({ workspaceId, folder, writable, text, terminal, ...on }: FilesToolbarProps) {
  const { onText, onNew, onUpload, onTerminal } = on;
  const { t } = useTranslation();
  return (
    <div className={classes.actions}>
      <OpenLookBack workspaceId={workspaceId} folder={folder} className={classes.late} />
      <OpenGroupFolders workspaceId={workspaceId} writable={writable} className={classes.late} />
      <TextInput
        type="search"
        size="xs"
        className={classes.search}
        aria-label={t("files.search")}
        placeholder={t("files.search")}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <ActionIcon
        aria-label={t("files.newFile")}
        title={t("files.newFile")}
        disabled={!writable}
        onClick={() => onNew("newFile")}
      >
        <IconFilePlus size={18} />
      </ActionIcon>
      <ActionIcon
        aria-label={t("files.newFolder")}
        title={t("files.newFolder")}
        disabled={!writable}
        onClick={() => onNew("newFolder")}
      >
        <IconFolderPlus size={18} />
      </ActionIcon>
      <FileButton
        multiple
        disabled={!writable}
        inputProps={{ webkitdirectory: "" }}
        onChange={(chosen) => onUpload(chosen.map(asDropped))}
      >
        {(props) => (
          <ActionIcon
            {...props}
            aria-label={t("files.uploadFolder")}
            title={t("files.uploadFolder")}
            disabled={!writable}
          >
            <IconFolderUp size={18} />
          </ActionIcon>
        )}
      </FileButton>
      <FileButton multiple disabled={!writable} onChange={(chosen) => onUpload(chosen.map(asDropped))}>
        {(props) => (
          <Button
            {...props}
            variant="default"
            size="xs"
            disabled={!writable}
            leftSection={<IconUpload size={16} aria-hidden="true" />}
          >
            {t("files.upload")}
          </Button>
        )}
      </FileButton>
      <ActionIcon
        aria-label={t("files.terminalHere")}
        title={terminal.refused ?? t("files.terminalHere")}
        disabled={terminal.open === null}
        loading={terminal.pending}
        onClick={onTerminal}
      >
        <IconTerminal2 size={18} />
      </ActionIcon>
      {/* Last: what leads away from here is no deed among the others. */}
      <ActionIcon
        renderRoot={(props) => <Link {...props} to="/trash" search={{ workspace: workspaceId }} />}
        aria-label={t("trash.link")}
        title={t("trash.link")}
      >
        <IconTrash size={18} />
      </ActionIcon>
    </div>
  );
}
