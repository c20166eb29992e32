import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { eraseFromTrash } from "../../api/trash.ts";
import type { TrashEntry } from "../../api/types.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { useSize } from "../../storage/use-size.ts";
import { entryName } from "./entry-name.ts";
import classes from "./trash.module.css";
import { useTrashRefresh } from "./use-trash-refresh.ts";

const named = 5;

/** Asks before what nothing brings back, and says what it is. */
export function EraseEntries(props: { entries: readonly TrashEntry[]; onDone: () => void; onClose: () => void }) {
  const { entries, onDone, onClose } = props;
  const { t } = useTranslation();
  const size = useSize();
  const refresh = useTrashRefresh();
  const erase = useMutation({
    mutationFn: () => eraseFromTrash(entries.map(({ id }) => id)),
    onSuccess: () => {
      onDone();
      onClose();
    },
    onSettled: refresh,
  });
  const [only] = entries;
  const name = only && entries.length === 1 ? entryName(only) : "";
  return (
    <Confirm
      opened
      danger
      title={t("trash.eraseTitle", { count: entries.length, name })}
      text={t("trash.eraseText")}
      action={t("trash.eraseShort")}
      pending={erase.isPending}
      error={erase.error}
      onConfirm={() => erase.mutate()}
      onClose={onClose}
    >
      <ul className={classes.lost} aria-label={t("trash.lost")}>
        {entries.slice(0, named).map((entry) => (
          <li key={entry.id}>
            <span className="clip" dir="auto">
              {entryName(entry)}
            </span>
            <span className="quiet small">
              {entry.kind === "workspace" && t("trash.lostWorkspace", { size: size(entry.size ?? 0) })}
              {entry.kind === "folder" && t("trash.lostFolder")}
              {entry.kind === "file" && size(entry.size ?? 0)}
            </span>
          </li>
        ))}
        {entries.length > named && <li className="quiet">{t("trash.andMore", { count: entries.length - named })}</li>}
      </ul>
    </Confirm>
  );
}
