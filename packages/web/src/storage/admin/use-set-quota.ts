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
  return useMutation({
    mutationFn: (quota: number) => setQuota(subject.id, quota),
    // Kept at once: an event may bring the new one before the call's own answer does.
    onMutate: () => subject.quota,
    onSuccess: async (now, _quota, before) => {
      const name = ownerName(subject);
      offerUndo({
        text:
          now.quota === 0
            ? t("adminStorage.quotaTaken", { name })
            : t("adminStorage.quotaIs", { name, size: size(now.quota) }),
        undo: () => setQuota(subject.id, before).then(refresh),
      });
      await refresh();
      onDone();
    },
  });
}
