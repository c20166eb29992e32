import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { auditCsvAddress, auditQuery, newestAudit } from "../api/audit.ts";
import type { AuditLine } from "../api/types.ts";
import { Empty } from "../pieces/empty.tsx";
import { useFreshRows } from "../pieces/fresh-rows.ts";
import { IconDownload } from "../pieces/icons.ts";
import { LongList } from "../pieces/long-list.tsx";
import { SystemPage } from "../system/system-page.tsx";
import { AuditEntry } from "./audit-entry.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import { AuditRow } from "./audit-row.tsx";
import { filterOf } from "./audit-search.ts";
import { ChainPanel } from "./chain-panel.tsx";

const route = getRouteApi("/signed-in/admin/audit");
const keyOf = (line: AuditLine) => line.id;

/** Who did what, to what, when and from where; as a file, too; and whether all of it is as it was written. */
export function AuditPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/audit" });
  const filter = filterOf(search);
  const audit = useInfiniteQuery(auditQuery(filter));
  const newest = useQuery(newestAudit(filter));
  const rows = useFreshRows(audit.data, newest.data);
  const show = useCallback((line: AuditLine) => <AuditRow line={line} />, []);
  const { entry, ...rest } = search;
  const csv = (
    <Button
      component="a"
      href={auditCsvAddress(filter)}
      download
      variant="default"
      title={t("audit.all")}
      leftSection={<IconDownload size={18} aria-hidden="true" />}
    >
      {t("audit.csv")}
    </Button>
  );
  return (
    <SystemPage title={t("audit.title")} action={csv}>
      <ChainPanel />
      <AuditFilters
        search={search}
        onChange={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
      <LongList
        label={t("audit.list")}
        query={audit}
        rows={rows}
        keyOf={keyOf}
        rowHeight={57}
        lines
        empty={<Empty title={t("audit.empty")} text={t("audit.emptyText")} />}
      >
        {show}
      </LongList>
      {entry !== undefined && (
        <AuditEntry id={entry} onClose={() => void navigate({ search: rest, resetScroll: false })} />
      )}
    </SystemPage>
  );
}
