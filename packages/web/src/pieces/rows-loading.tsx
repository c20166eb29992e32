import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Keeps the place of rows that are on their way. */
export function RowsLoading({ rows = 4, height = 44 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")}>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <Skeleton key={at} height={height} mb="xs" />
      ))}
    </div>
  );
}
