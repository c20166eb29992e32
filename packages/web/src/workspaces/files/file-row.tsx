import { ActionIcon } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deleteFile, fileAddress, restoreFromTrash } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconDownload, IconFile, IconFolder, IconLink, IconTrash } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { useUndo } from "../../pieces/undo.tsx";
import { When } from "../../pieces/when.tsx";
import { shownName } from "./file-path.ts";
import classes from "./files.module.css";

const icons = { file: IconFile, folder: IconFolder, symlink: IconLink, other: IconFile } as const;

export function FileRow(props: { workspaceId: number; entry: FileEntry; writable: boolean }) {
  const { workspaceId, entry, writable } = props;
  const { t } = useTranslation();
  const { format } = useLocale();
  const remove = useDelete(workspaceId, entry);
  const Icon = icons[entry.type];
  return (
    <li className={rows.row}>
      <Icon size={20} stroke={1.75} role="img" aria-label={t(`files.${entry.type}`)} className={rows.icon} />
      <div className={rows.main}>
        <Name workspaceId={workspaceId} entry={entry} />
        {remove.isError && <ReasonCard error={remove.error} />}
      </div>
      <div className={rows.end}>
        <span className={classes.date}>
          <When at={entry.modified_at} />
        </span>
        <span className={`${classes.size} tabular`}>
          {entry.type === "file" && entry.size !== null && format.bytes(entry.size)}
        </span>
        <span className={`${classes.buttons} ${rows.above}`}>
          {entry.type === "file" && (
            <ActionIcon
              component="a"
              href={fileAddress(workspaceId, entry.path)}
              download={entry.name}
              aria-label={t("files.download", { name: entry.name })}
              title={t("files.download", { name: entry.name })}
            >
              <IconDownload size={18} />
            </ActionIcon>
          )}
          <ActionIcon
            aria-label={t("files.deleteOne", { name: entry.name })}
            title={t("files.deleteOne", { name: entry.name })}
            disabled={!writable}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </span>
      </div>
    </li>
  );
}

/** A folder leads into it; a file is received. Names are isolated: right-to-left marks in them stay inside. */
function Name({ workspaceId, entry }: { workspaceId: number; entry: FileEntry }) {
  if (entry.type === "folder") {
    return (
      <Link
        to="/workspaces/$workspaceId"
        params={{ workspaceId: String(workspaceId) }}
        search={{ path: entry.path }}
        className={rows.link}
        dir="auto"
      >
        {shownName(entry.name)}
      </Link>
    );
  }
  if (entry.type !== "file") {
    return (
      <span className="clip" dir="auto">
        {shownName(entry.name)}
      </span>
    );
  }
  return (
    <a className={rows.link} href={fileAddress(workspaceId, entry.path)} download={entry.name} dir="auto">
      {shownName(entry.name)}
    </a>
  );
}

/** Into the trash at once, with ten seconds to take it back. */
function useDelete(workspaceId: number, entry: FileEntry) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const refresh = () => Promise.all(["files", "trash"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  return useMutation({
    mutationFn: () => deleteFile(workspaceId, entry.path),
    onSuccess: async (trashed) => {
      offerUndo({
        text: t("files.deleted", { name: entry.name }),
        link: <Link to="/trash">{t("trash.link")}</Link>,
        undo: () => restoreFromTrash(trashed.id).then(refresh),
      });
      await refresh();
    },
  });
}
