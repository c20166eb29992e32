import { Button, NativeSelect, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelOperation, operationsQuery, retryOperation } from "../api/operations.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Operation } from "../api/types.ts";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { OperationAction, OperationRow } from "./operation-row.tsx";

const statesToChoose = ["queued", "running", "succeeded", "failed", "cancelled"] as const;

/** Everybody's operations, for administrators. */
export function OperationsPage() {
  const { t } = useTranslation();
  const [state, setState] = useState("");
  const [kind, setKind] = useState("");
  const wantedKind = useDeferredValue(kind.trim());
  const operations = useInfiniteQuery({
    ...operationsQuery({ state, kind: wantedKind }),
    placeholderData: keepPreviousData,
  });
  const items = operations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t("operations.title")}>
      <div className={rows.filters}>
        <NativeSelect
          label={t("operations.state")}
          value={state}
          onChange={(event) => setState(event.currentTarget.value)}
          data={[
            { value: "", label: t("operations.anyState") },
            ...statesToChoose.map((value) => ({ value, label: t(`states.${value}`) })),
          ]}
        />
        <TextInput
          className="grow"
          label={t("operations.kind")}
          placeholder={t("operations.kindHint")}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
      </div>
      {operations.isPending && <RowsLoading rows={6} />}
      {shownError(operations) !== null && (
        <ReasonCard error={operations.error} onRetry={() => void operations.refetch()} />
      )}
      {operations.data && items.length === 0 && (
        <Empty title={t("operations.empty")} text={t("operations.emptyText")} />
      )}
      <ul className={rows.rows}>
        {items.map((operation) => (
          <OperationRow key={operation.id} operation={operation} actions={<Actions operation={operation} />} />
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

function Actions({ operation }: { operation: Operation }) {
  const { t } = useTranslation();
  const { id, can_cancel, can_retry, cancel_requested } = operation;
  if (can_retry) {
    return <OperationAction label={t("operations.retry")} run={() => retryOperation(id)} />;
  }
  if (!can_cancel && !cancel_requested) return null;
  return (
    <OperationAction
      label={t(cancel_requested ? "operations.cancelling" : "operations.cancel")}
      disabled={cancel_requested}
      run={() => cancelOperation(id)}
    />
  );
}
