import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { type AuditFilter, auditCsvAddress, auditQuery } from "../api/audit.ts";
import { shownError } from "../api/query-trouble.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconDownload } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { SystemPage } from "../system/system-page.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import { AuditTable } from "./audit-table.tsx";
import { ChainState } from "./chain-state.tsx";

export function AuditPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<AuditFilter>({});
  const wanted = useDeferredValue(filter);
  const audit = useInfiniteQuery({ ...auditQuery(wanted), placeholderData: keepPreviousData });
  const items = audit.data?.pages.flatMap((page) => page.items) ?? [];
  const csv = (
    <Button
      component="a"
      href={auditCsvAddress(wanted)}
      download
      variant="default"
      leftSection={<IconDownload size={18} aria-hidden="true" />}
    >
      {t("audit.csv")}
    </Button>
  );
  return (
    <SystemPage title={t("audit.title")} action={csv}>
      <ChainState />
      <AuditFilters filter={filter} onChange={setFilter} />
      {audit.isPending && <RowsLoading rows={8} />}
      {shownError(audit) !== null && <ReasonCard error={audit.error} onRetry={() => void audit.refetch()} />}
      {audit.data && items.length === 0 && <Empty title={t("audit.empty")} text={t("audit.emptyText")} />}
      {items.length > 0 && <AuditTable items={items} />}
      {audit.hasNextPage && (
        <Button variant="subtle" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </SystemPage>
  );
}
