import { ActionIcon, Button, Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { fileAddress, type Past } from "../../api/files.ts";
import type { PastEntry } from "../../api/snapshots.ts";
import { IconArrowBackUp, IconCheck, IconDownload, IconList, IconPencil, IconTrashX } from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { useSize } from "../../storage/use-size.ts";
import { FileIcon } from "../files/file-icon.tsx";
import type { ListedRow } from "../files/file-list.tsx";
import { FileName } from "../files/file-name.tsx";
import { shownName } from "../files/file-path.ts";
import files from "../files/files.module.css";
import { isToBring } from "./restore-past.ts";
import classes from "./snapshots.module.css";

interface PastRowProps extends ListedRow<PastEntry> {
  readonly of: Past;
  readonly folder: string;
  readonly writable: boolean;
  readonly busy: boolean;
  onRestore(): void;
}

const pictures = { same: IconCheck, sameNames: IconList, changed: IconPencil, gone: IconTrashX } as const;

/** A file or folder as it was, and what has become of it. */
export function PastRow({ of, folder, entry, writable, busy, chosen, stops, onChoose, onRestore }: PastRowProps) {
  const { t } = useTranslation();
  const size = useSize();
  const now = entry.now === "same" && entry.type === "folder" ? "sameNames" : entry.now;
  const Picture = pictures[now];
  const tabIndex = stops ? 0 : -1;
  const name = shownName(entry.name);
  const download = t("snapshots.download", { name });
  return (
    <div className={`${rows.row} ${files.row}`} data-chosen={chosen || undefined}>
      <Checkbox
        size="xs"
        className={`${files.choose} ${rows.above}`}
        checked={chosen}
        disabled={!entry.openable}
        tabIndex={tabIndex}
        aria-label={t("files.choose", { name })}
        onClick={onChoose}
        onChange={() => {}}
      />
      <FileIcon entry={entry} />
      <div className={classes.name}>
        <div className={rows.main}>
          <FileName
            of={of}
            folder={folder}
            entry={entry}
            tabIndex={tabIndex}
            onChoose={onChoose}
            onDetails={() => onChoose(null)}
          />
        </div>
        <span className={classes.now} data-now={now}>
          <Picture size={16} aria-hidden="true" />
          {t(`snapshots.now_${now}`)}
        </span>
      </div>
      <div className={`${rows.end} ${classes.verbs}`}>
        <span className={files.date}>
          <When at={entry.modified_at} />
        </span>
        <span className={`${files.size} ${classes.size} tabular`}>
          {entry.type === "file" && entry.size !== null && size(entry.size)}
        </span>
        {entry.type === "file" && entry.openable ? (
          <ActionIcon
            className={rows.above}
            component="a"
            href={fileAddress(of, entry.path)}
            download={entry.name}
            tabIndex={tabIndex}
            aria-label={download}
            title={download}
          >
            <IconDownload size={18} />
          </ActionIcon>
        ) : (
          <span className={classes.none} />
        )}
        <Button
          className={`${rows.above} ${classes.restore}`}
          variant="default"
          size="xs"
          px="xs"
          tabIndex={tabIndex}
          disabled={!writable || busy || !isToBring(entry)}
          title={isToBring(entry) || !entry.openable ? undefined : t("snapshots.sameTold")}
          aria-label={t("trash.restore", { name })}
          onClick={({ currentTarget }) => {
            // The button goes out: who has pressed it by keyboard stays in the row.
            currentTarget
              .closest("[data-path]")
              ?.querySelector<HTMLElement>("[data-row]")
              ?.focus({ preventScroll: true });
            onRestore();
          }}
        >
          <IconArrowBackUp size={16} aria-hidden="true" />
          <span className={classes.verb}>{t("trash.restoreShort")}</span>
        </Button>
      </div>
    </div>
  );
}
