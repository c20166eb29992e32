import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { operationsQuery } from "../api/operations.ts";
import { shownError } from "../api/query-trouble.ts";
import { OperationRow } from "../operations/operation-row.tsx";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";

/** What the person had done, step by step while it runs. */
export function ActivityPage() {
  const { t } = useTranslation();
  const operations = useInfiniteQuery(operationsQuery({ mine: true }));
  const items = operations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t("activity.title")}>
      {operations.isPending && <RowsLoading rows={6} />}
      {shownError(operations) !== null && (
        <ReasonCard error={operations.error} onRetry={() => void operations.refetch()} />
      )}
      {operations.data && items.length === 0 && <Empty title={t("activity.empty")} text={t("activity.emptyText")} />}
      <ul className={rows.rows}>
        {items.map((operation) => (
          <OperationRow key={operation.id} operation={operation} />
        ))}
      </ul>
      {operations.hasNextPage && (
        <Button
          variant="subtle"
          loading={operations.isFetchingNextPage}
          onClick={() => void operations.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}
