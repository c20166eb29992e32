import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryFilter } from "../../api/session-history.ts";
import type { Session } from "../../api/types.ts";
import { Empty } from "../../pieces/empty.tsx";
import { LongList } from "../../pieces/long-list.tsx";
import { Section } from "../../pieces/page.tsx";
import type { HistorySearch } from "../../router.tsx";
import { SessionLine, useRowContext } from "../session-row.tsx";
import { HistoryFilters } from "./history-filters.tsx";
import { useHistory } from "./use-history.ts";

const route = getRouteApi("/signed-in/sessions");
const keyOf = ({ id }: Session) => id;

/** What ran earlier, narrowed as the address says: it can be kept and passed on. */
export function History() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const filter = useFilter(search);
  const change = useCallback(
    (next: HistorySearch) => void navigate({ to: "/sessions", search: next, replace: true }),
    [navigate],
  );
  const empty =
    Object.keys(search).length > 0 ? (
      <Empty
        text={t("sessions.noMatch")}
        action={
          <Button variant="default" onClick={() => change({})}>
            {t("sessions.showAll")}
          </Button>
        }
      />
    ) : (
      <p className="quiet">{t("sessions.noneEnded")}</p>
    );
  return (
    <Section title={t("sessions.earlier")}>
      <HistoryFilters search={search} onChange={change} />
      {/* Another list with another filter: it begins at its top, with heights of its own. */}
      <HistoryList key={JSON.stringify(filter)} filter={filter} empty={empty} />
    </Section>
  );
}

/** What comes page by page is drawn anew with each of them: the list, and nothing beside it. */
function HistoryList({ filter, empty }: { filter: HistoryFilter; empty: ReactNode }) {
  const { t } = useTranslation();
  const { query, rows } = useHistory(filter);
  const context = useRowContext();
  const showRow = useCallback((session: Session) => <SessionLine session={session} context={context} />, [context]);
  return (
    <LongList
      label={t("sessions.earlier")}
      query={query}
      rows={rows}
      keyOf={keyOf}
      rowHeight={82}
      lines
      nameOf={context.nameOf}
      empty={empty}
    >
      {showRow}
    </LongList>
  );
}

/** The server's words for what the address says; the same object while it says the same. */
function useFilter({ state, program, workspace, find }: HistorySearch): HistoryFilter {
  return useMemo(
    () => ({
      ...(state ? { status: state } : {}),
      ...(program ? { job_type: program } : {}),
      ...(workspace ? { workspace_id: workspace } : {}),
      ...(find ? { search: find } : {}),
    }),
    [state, program, workspace, find],
  );
}
