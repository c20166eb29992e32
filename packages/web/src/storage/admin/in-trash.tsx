import { Button, Group } from "@mantine/core";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { deletedStorageQuery, restoreStorage, type StorageSubject } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { useSize } from "../use-size.ts";

interface InTrashProps {
  readonly id: number;
  readonly used: number;
  readonly pending: boolean;
  onBack(subject: StorageSubject): Promise<void>;
  onAnew(): void;
  onClose(): void;
}

/** One of this name was deleted, and can still come back: is it meant, or an empty one? */
export function InTrash({ id, used, pending, onBack, onAnew, onClose }: InTrashProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const trash = useInfiniteQuery(deletedStorageQuery);
  const entry = trash.data?.pages.flatMap((page) => page.items).find((one) => one.id === id);
  const restore = useMutation({ mutationFn: () => restoreStorage(id), onSuccess: onBack });
  return (
    <>
      <p>
        {entry === undefined
          ? t("adminStorage.inTrashText", { size: size(used) })
          : t("adminStorage.inTrashSince", { size: size(used), date: format.dateTime(entry.deleted_at) })}
      </p>
      <p className="quiet">{t("adminStorage.inTrashWhich")}</p>
      {restore.isError && <ReasonCard error={restore.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.back")}
        </Button>
        <Button variant="default" loading={pending} disabled={restore.isPending} onClick={onAnew}>
          {t("adminStorage.makeAnew")}
        </Button>
        <Button loading={restore.isPending} disabled={pending} onClick={() => restore.mutate()}>
          {t("adminStorage.bringBack")}
        </Button>
      </Group>
    </>
  );
}
