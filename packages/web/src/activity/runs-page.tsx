import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type RunDay, type RunFilter, runDaysQuery } from "../api/activity.ts";
import { shownError } from "../api/query-trouble.ts";
import { useNow } from "../pieces/clock.ts";
import { CopyLine } from "../pieces/copy-line.tsx";
import { Empty } from "../pieces/empty.tsx";
import { Page, Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { ActivityTabs } from "./activity-tabs.tsx";
import { dayOf, rangeOf } from "./days.ts";
import { EraseRuns } from "./erase-runs.tsx";
import { MonthBars } from "./month-bars.tsx";
import { RunFilters, type RunSearch } from "./run-filters.tsx";
import { RunLog } from "./run-log.tsx";
import classes from "./runs.module.css";
import { YearMap } from "./year-map.tsx";

const route = getRouteApi("/signed-in/activity");

/** What one's notebooks ran: the year and the month as pictures, then each run with its code. */
export function RunsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/activity" });
  const days = useQuery(runDaysQuery);
  const change = (next: RunSearch) => void navigate({ search: next, replace: true, resetScroll: false });
  const filter = useFilter(search);
  const isFiltered = Object.keys(search).length > 0;
  const hasAny = (days.data?.items.length ?? 0) > 0;
  return (
    <Page title={t("activity.title")}>
      <ActivityTabs />
      {days.isPending && <RowsLoading rows={2} height={130} />}
      {shownError(days) !== null && <ReasonCard error={days.error} onRetry={() => void days.refetch()} />}
      {days.data && hasAny && (
        <Pictures days={days.data.items} chosen={search.day ?? ""} onChoose={(day) => change(withDay(search, day))} />
      )}
      <Section title={t("runs.log")} action={hasAny && <EraseRuns />}>
        <p className="quiet small">{t("runs.selfReported")}</p>
        {(hasAny || isFiltered) && <RunFilters search={search} onChange={change} />}
        <RunLog
          key={JSON.stringify(filter)}
          filter={filter}
          empty={isFiltered ? <NoMatch onClear={() => change({})} /> : <NoRuns />}
        />
      </Section>
    </Page>
  );
}

function withDay(search: RunSearch, day: string): RunSearch {
  const { day: _, ...others } = search;
  return day === "" ? others : { ...others, day };
}

/** The server's words for what the address says; the same object while it says the same. */
function useFilter({ query = "", status, day = "" }: RunSearch): RunFilter {
  return useMemo(
    () => ({
      // A single character is refused: nothing is looked for yet.
      ...(query.length >= 2 ? { text: query } : {}),
      ...(status === "success" || status === "error" ? { status } : {}),
      ...rangeOf(day),
    }),
    [query, status, day],
  );
}

interface PicturesProps {
  readonly days: readonly RunDay[];
  readonly chosen: string;
  onChoose(day: string): void;
}

function Pictures({ days, chosen, onChoose }: PicturesProps) {
  const { t } = useTranslation();
  const today = dayOf(useNow());
  return (
    <>
      <Section title={t("runs.year")}>
        <YearMap days={days} today={today} chosen={chosen} onChoose={onChoose} />
      </Section>
      <MonthBars days={days} today={today} />
    </>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty
      title={t("runs.noMatch")}
      text={t("runs.noMatchText")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("runs.clear")}
        </Button>
      }
    />
  );
}

/** How reporting is switched on. */
function NoRuns() {
  const { t } = useTranslation();
  return (
    <Empty
      title={t("runs.none")}
      text={t("runs.noneText")}
      action={
        <div className={classes.switchOn}>
          <CopyLine text="%stoa_activity on" label={t("runs.switchOn")} />
        </div>
      }
    />
  );
}
