import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { newestRuns, type Run, type RunFilter, runsQuery } from "../api/activity.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useFreshRows } from "../pieces/fresh-rows.ts";
import { LongList } from "../pieces/long-list.tsx";
import { RunEntry } from "./run-entry.tsx";

const keyOf = (run: Run) => run.id;

/** What ran, newest first, as far back as it is kept; what is new comes by itself. */
export function RunLog({ filter, empty }: { filter: RunFilter; empty: ReactNode }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const runs = useInfiniteQuery(runsQuery(filter));
  // A search looks at much: it is asked once.
  const newest = useQuery({ ...newestRuns(filter), enabled: filter.text === undefined });
  const rows = useFreshRows(runs.data, newest.data);
  const show = useCallback((run: Run) => <RunEntry run={run} />, []);
  const back = runs.data?.pages.at(-1)?.searched_back_to ?? null;
  return (
    <>
      {back !== null && runs.hasNextPage && (
        <p role="status" className="quiet small">
          {t("runs.searchedTo", { time: format.dateTime(back) })}
        </p>
      )}
      <LongList label={t("runs.log")} query={runs} rows={rows} keyOf={keyOf} rowHeight={150} lines empty={empty}>
        {show}
      </LongList>
    </>
  );
}
