import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type DeletedStorage, purgeAllStorage, purgeStorage, type StorageOverview } from "../../api/storage.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { useSize } from "../use-size.ts";

interface PurgeStorageProps {
  readonly what: DeletedStorage | "all";
  /** How much all of it is. */
  readonly all: StorageOverview["trash"] | null;
  onBegun(operationId: string): void;
  onClose(): void;
}

/** Asks before what nothing brings back, and says how much it is. */
export function PurgeStorage({ what, all, onBegun, onClose }: PurgeStorageProps) {
  const { t } = useTranslation();
  const size = useSize();
  const client = useQueryClient();
  const purge = useMutation({
    mutationFn: () => (what === "all" ? purgeAllStorage() : purgeStorage(what.id)),
    onSuccess: ({ operation_id }) => {
      if (operation_id !== null) onBegun(operation_id);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["storage"] }),
  });
  const about =
    what !== "all"
      ? t("adminStorage.deleteWhat", { size: size(what.used) })
      : all === null
        ? {}
        : t("adminStorage.purgeAllWhat", { count: all.count, size: size(all.used) });
  return (
    <Confirm
      opened
      danger
      title={what === "all" ? t("trash.emptyTitle") : t("trash.eraseTitle", { count: 1, name: what.name })}
      {...(typeof about === "string" ? { about } : {})}
      text={t("adminStorage.purgeText")}
      action={t(what === "all" ? "trash.emptyIt" : "trash.eraseShort")}
      pending={purge.isPending}
      error={purge.error}
      onConfirm={() => purge.mutate()}
      onClose={onClose}
    />
  );
}
