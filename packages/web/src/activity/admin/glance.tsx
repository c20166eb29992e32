import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { busiestQuery, newestAnyRuns, type SystemStats, systemStatsQuery } from "../../api/admin-activity.ts";
import { shownError } from "../../api/query-trouble.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { BarRow, Bars } from "../../pieces/bars.tsx";
import { Section } from "../../pieces/page.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { SideBySide } from "../../pieces/side-by-side.tsx";
import { When } from "../../pieces/when.tsx";
import classes from "./admin-activity.module.css";

/** The whole: how much, who most, what failed last. */
export function Glance() {
  const stats = useQuery(systemStatsQuery);
  if (stats.isPending) return <RowsLoading rows={2} height={90} />;
  if (stats.data === undefined || shownError(stats) !== null) {
    return <ReasonCard error={stats.error} onRetry={() => void stats.refetch()} />;
  }
  if (stats.data.total_executions === 0) return null;
  return (
    <>
      <Totals stats={stats.data} />
      <SideBySide>
        <Busiest />
        <LastErrors />
      </SideBySide>
    </>
  );
}

function Totals({ stats }: { stats: SystemStats }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { total_executions: all, total_errors: errors } = stats;
  const figures = [
    { word: "total", value: format.number(all) },
    { word: "today", value: format.number(stats.today_executions) },
    { word: "who", value: format.number(stats.active_users) },
    { word: "inVain", value: format.percent((errors / all) * 100) },
    { word: "average", value: format.took(stats.avg_execution_time_ms) },
  ];
  return (
    <dl className={classes.totals}>
      {figures.map(({ word, value }) => (
        <div key={word}>
          <dt>{t(`adminActivity.${word}`)}</dt>
          <dd className="tabular">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Busiest() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data } = useQuery(busiestQuery);
  const items = data?.items ?? [];
  const most = items[0]?.executions ?? 1;
  return (
    <Section title={t("adminActivity.busiest")}>
      {data === undefined && <RowsLoading rows={5} height={28} />}
      <Bars ordered>
        {items.map(({ account, executions }) => (
          <BarRow
            key={account.id}
            name={
              <Link to="/people/$personId" params={{ personId: String(account.id) }} className="clip">
                <bdi>{nameOfPerson(account)}</bdi>
              </Link>
            }
            figure={format.number(executions)}
            share={executions / most}
          />
        ))}
      </Bars>
    </Section>
  );
}

/** As many as stand beside the busiest. */
const LAST = 5;

function LastErrors() {
  const { t } = useTranslation();
  const { data } = useQuery(newestAnyRuns({ status: "error" }, LAST));
  return (
    <Section
      title={t("adminActivity.lastErrors")}
      action={
        <Link to="/admin/activity/runs" search={{ status: "error" }} className="small">
          {t("adminActivity.allErrors")}
        </Link>
      }
    >
      {data === undefined && <RowsLoading rows={5} height={28} />}
      {data?.items.length === 0 && <p className="quiet">{t("adminActivity.noErrors")}</p>}
      <ul className={classes.errors}>
        {data?.items.map((run) => (
          <li key={run.id}>
            <code dir="ltr" className="clip">
              {lastLine(run.error_message ?? run.code)}
            </code>
            <span className="quiet small">
              <bdi>{run.account.username}</bdi> · <When at={run.timestamp} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Where tracebacks say what it was. */
export const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1)?.trim() ?? "";
