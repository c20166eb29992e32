import { Button, CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconCopy, IconFolderSymlink, IconTrash } from "../../pieces/icons.ts";
import { DownloadSelection } from "./download-selection.tsx";
import type { FileVerbs } from "./file-asks.ts";
import classes from "./files.module.css";

interface SelectionBarProps {
  readonly workspaceId: number;
  readonly paths: readonly string[];
  readonly writable: boolean;
  readonly verbs: FileVerbs;
  onClear(): void;
}

/** What can be done with all that is chosen; stays in view while the list scrolls. */
export function SelectionBar({ workspaceId, paths, writable, verbs, onClear }: SelectionBarProps) {
  const { t } = useTranslation();
  const common = { variant: "subtle", size: "compact-sm" } as const;
  return (
    <div className={classes.selection} role="toolbar" aria-label={t("files.chosenActions")}>
      <CloseButton size="sm" aria-label={t("files.chooseNone")} onClick={onClear} />
      <strong role="status">{t("files.chosen", { count: paths.length })}</strong>
      <span className={classes.spread} />
      <DownloadSelection workspaceId={workspaceId} paths={paths} />
      <Button
        {...common}
        disabled={!writable}
        leftSection={<IconFolderSymlink size={16} aria-hidden="true" />}
        onClick={() => verbs.ask({ kind: "move", paths })}
      >
        {t("files.move")}
      </Button>
      <Button
        {...common}
        disabled={!writable}
        leftSection={<IconCopy size={16} aria-hidden="true" />}
        onClick={() => verbs.ask({ kind: "copy", paths })}
      >
        {t("files.copy")}
      </Button>
      <Button
        {...common}
        color="bad"
        disabled={!writable}
        leftSection={<IconTrash size={16} aria-hidden="true" />}
        onClick={() => verbs.remove(paths)}
      >
        {t("files.delete")}
      </Button>
    </div>
  );
}
