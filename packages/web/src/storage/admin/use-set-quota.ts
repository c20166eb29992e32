import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type StorageSubject, setQuota } from "../../api/storage.ts";
import { useUndo } from "../../pieces/undo.tsx";
import { ownerName } from "../level.ts";
import { useSize } from "../use-size.ts";

/** Sets somebody's quota, and takes that back when asked within ten seconds. */
export function useSetQuota(subject: StorageSubject, onDone: () => void) {
  const { t } = useTranslation();
  const size = useSize();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const refresh = () => client.invalidateQueries({ queryKey: ["storage"] });
  const before = subject.quota;
  return useMutation({
    mutationFn: (quota: number) => setQuota(subject.id, quota),
    onSuccess: async (now) => {
      await refresh();
      onDone();
      const name = ownerName(subject);
      offerUndo({
        text:
          now.quota === 0
            ? t("adminStorage.quotaTaken", { name })
            : t("adminStorage.quotaIs", { name, size: size(now.quota) }),
        undo: () => setQuota(subject.id, before).then(refresh),
      });
    },
  });
}
