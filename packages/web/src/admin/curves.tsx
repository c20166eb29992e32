import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { curvesQuery, type Day } from "../api/overview.ts";
import { shownError } from "../api/query-trouble.ts";
import { Empty } from "../pieces/empty.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { CurvesTable } from "./curves-table.tsx";
import classes from "./overview.module.css";

// With the library that draws: only who looks at curves fetches it.
const CurveCards = lazy(() => import("./curve-cards.tsx"));
const route = getRouteApi("/signed-in/admin/admin");
const spans = ["7", "30", "90"] as const;

/** How the installation did, day by day; as curves, or the same as a table. */
export function Curves() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/admin" });
  const span = spans.find((one) => one === search.days) ?? "30";
  const asTable = search.as === "table";
  const curves = useQuery({ ...curvesQuery(Number(span)), placeholderData: keepPreviousData });
  const go = (next: { days?: string; as?: string }) =>
    void navigate({ search: { ...search, ...next }, replace: true, resetScroll: false });
  const days = curves.data?.items ?? [];
  return (
    <Section
      title={t("overview.curves")}
      action={
        <div className={classes.switches}>
          <fieldset className={classes.spans} aria-label={t("overview.span")}>
            {spans.map((one) => (
              <Button
                key={one}
                size="compact-sm"
                variant={one === span ? "default" : "subtle"}
                aria-pressed={one === span}
                onClick={() => go({ days: one })}
              >
                {t("overview.days", { count: Number(one) })}
              </Button>
            ))}
          </fieldset>
          <Button size="compact-sm" variant="subtle" onClick={() => go({ as: asTable ? "curves" : "table" })}>
            {t(asTable ? "overview.asCurves" : "overview.asTable")}
          </Button>
        </div>
      }
    >
      {curves.isPending && <RowsLoading rows={2} height={180} />}
      {shownError(curves) !== null && <ReasonCard error={curves.error} onRetry={() => void curves.refetch()} />}
      {days.length > 0 && <Shown days={days} asTable={asTable} />}
    </Section>
  );
}

function Shown({ days, asTable }: { days: readonly Day[]; asTable: boolean }) {
  const { t } = useTranslation();
  const isNew = days.every(({ sessions_started, people_active }) => sessions_started === 0 && people_active === 0);
  if (isNew) return <Empty title={t("overview.noHistory")} text={t("overview.utc")} />;
  return (
    <>
      {asTable ? (
        <CurvesTable days={days} />
      ) : (
        <Suspense fallback={<RowsLoading rows={2} height={180} />}>
          <CurveCards days={days} />
        </Suspense>
      )}
      <p className="quiet small">{t("overview.utc")}</p>
    </>
  );
}
