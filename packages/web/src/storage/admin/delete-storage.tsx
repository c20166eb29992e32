import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { settingsQuery } from "../../api/settings.ts";
import { deleteStorage, restoreStorage, type StorageSubject } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Confirm } from "../../pieces/confirm.tsx";
import { useUndo } from "../../pieces/undo.tsx";
import { ownerName } from "../level.ts";
import { useSize } from "../use-size.ts";

const DAY = 86_400_000;

/** Days that what is deleted can be brought back; null: not known yet. */
function useRetention(): number | null {
  const { data } = useQuery(settingsQuery);
  const value = data?.items.find(({ name }) => name === "STORAGE_TRASH_RETENTION")?.value;
  return value === undefined || value === null ? null : Number(value);
}

interface DeleteStorageProps {
  readonly subject: StorageSubject;
  onDone(): void;
  onClose(): void;
}

/** Asks before, and says where it goes and until when it can come back. */
export function DeleteStorage({ subject, onDone, onClose }: DeleteStorageProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const days = useRetention();
  const { id, used } = subject;
  const name = ownerName(subject);
  const refresh = () => client.invalidateQueries({ queryKey: ["storage"] });
  const remove = useMutation({
    mutationFn: () => deleteStorage(id),
    onSuccess: () => {
      onClose();
      onDone();
      if (days === 0) return;
      offerUndo({
        text: t("adminStorage.deleted", { name }),
        link: <Link to="/admin/storage/trash">{t("adminStorage.tabTrash")}</Link>,
        undo: () => restoreStorage(id).then(refresh),
      });
    },
    onSettled: refresh,
  });
  const whereTo =
    days === null
      ? t("adminStorage.deleteText")
      : days === 0
        ? t("adminStorage.deleteForGood")
        : t("adminStorage.deleteUntil", { date: format.date(new Date(Date.now() + days * DAY)) });
  return (
    <Confirm
      opened
      danger
      title={t("adminStorage.deleteTitle", { name })}
      about={t("adminStorage.deleteWhat", { size: size(used) })}
      text={whereTo}
      action={t("adminStorage.delete")}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
