import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { type StorageSubject, storageHistoryQuery } from "../api/storage.ts";
import { Empty } from "../pieces/empty.tsx";
import { Hint } from "../pieces/hint.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { withNow } from "./history-points.ts";
import { levelOf } from "./level.ts";
import classes from "./storage.module.css";
import { useForecastText } from "./use-forecast-text.ts";

// With the library that draws: only who looks at a history fetches it.
const HistoryChart = lazy(() => import("./history-chart.tsx"));

export const historySpans = [30, 90, 365] as const;
const height = 220;

/** How somebody's use grew, and when it is full at this pace. @param of as of `storageHistoryQuery` */
export function HistorySection({ of, subject }: { of: number | null; subject: StorageSubject }) {
  const { t } = useTranslation();
  const [days, setDays] = useState<number>(historySpans[0]);
  const history = useQuery({ ...storageHistoryQuery(of, days), placeholderData: keepPreviousData });
  const forecastText = useForecastText();
  const { data } = history;
  return (
    <Section
      title={t("storage.history")}
      hint={<Hint about={t("storage.forecast")}>{t("storage.forecastAbout")}</Hint>}
      action={
        <fieldset className={classes.spans} aria-label={t("storage.span")}>
          {historySpans.map((one) => (
            <Button
              key={one}
              size="compact-sm"
              variant={one === days ? "default" : "subtle"}
              aria-pressed={one === days}
              onClick={() => setDays(one)}
            >
              {t("storage.days", { count: one })}
            </Button>
          ))}
        </fieldset>
      }
    >
      {history.isPending && <RowsLoading rows={1} height={height} />}
      {shownError(history) !== null && <ReasonCard error={history.error} onRetry={() => void history.refetch()} />}
      {data && data.points.length === 0 && <Empty text={t("storage.noHistory")} />}
      {data && data.points.length > 0 && (
        <>
          <p className={classes.sentence}>{forecastText(data.forecast, levelOf(subject))}</p>
          <Suspense fallback={<RowsLoading rows={1} height={height} />}>
            <HistoryChart history={withNow(data, subject)} quota={subject.effective_quota} height={height} />
          </Suspense>
        </>
      )}
    </Section>
  );
}
