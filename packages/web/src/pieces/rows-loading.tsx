import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface RowsLoadingProps {
  readonly rows?: number;
  /** Pixels of each. */
  readonly height?: number;
  /** Nobody has asked for them yet: there is nothing to tell. */
  readonly silent?: boolean;
}

/** Keeps the place of rows that are on their way. */
export function RowsLoading({ rows = 4, height = 44, silent = false }: RowsLoadingProps) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")} aria-hidden={silent || undefined}>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <Skeleton key={at} height={height} mb="xs" />
      ))}
    </div>
  );
}
