import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { emptyTrash, trashSummaryQuery } from "../../api/trash.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { useSize } from "../../storage/use-size.ts";
import classes from "./trash.module.css";
import { useTrashRefresh } from "./use-trash-refresh.ts";

/** Ends all of it, shown or not; what comes to the trash while this is being asked stays. */
export function EmptyTrash({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const size = useSize();
  const refresh = useTrashRefresh();
  // What is confirmed is what was counted: no fresh numbers under the question.
  const summary = useQuery({ ...trashSummaryQuery, staleTime: 0, gcTime: 0, refetchOnWindowFocus: false });
  const empty = useMutation({
    mutationFn: async (upTo: number | null) => void (upTo !== null && (await emptyTrash(upTo))),
    onSuccess: onClose,
    onSettled: refresh,
  });
  const { data } = summary;
  return (
    <Confirm
      opened
      danger
      title={t("trash.emptyTitle")}
      text={t("trash.eraseText")}
      action={t("trash.emptyIt")}
      pending={empty.isPending || summary.isPending}
      error={empty.error ?? summary.error}
      onConfirm={() => data && empty.mutate(data.newest_id)}
      onClose={onClose}
    >
      {summary.isPending && <RowsLoading rows={1} height={24} />}
      {data && (
        <ul className={classes.lost} aria-label={t("trash.lost")}>
          <li>
            <span>{t("trash.lostEntries", { count: data.entries })}</span>
            <span className="quiet small">
              {data.folders > 0 ? t("trash.lostBytes", { size: size(data.bytes) }) : size(data.bytes)}
            </span>
          </li>
          {data.workspaces > 0 && (
            <li className={classes.whole}>{t("trash.lostWorkspaces", { count: data.workspaces })}</li>
          )}
        </ul>
      )}
    </Confirm>
  );
}
