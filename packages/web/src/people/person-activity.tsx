import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { runsOfQuery } from "../api/admin-activity.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";

/** What their kernels say that they run, in figures, and the way to all of it. */
export function PersonActivity({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const runs = useQuery(runsOfQuery(person.id));
  const [figures] = runs.data?.items ?? [];
  const all = (
    <Link to="/admin/activity/runs" search={{ person: person.username }} className="small">
      {t("adminActivity.ofPersonAll")}
    </Link>
  );
  return (
    <Section title={t("adminActivity.ofPerson")} action={figures && all}>
      {runs.isPending && <RowsLoading rows={1} />}
      {shownError(runs) !== null && <ReasonCard error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.data && figures === undefined && <p className="quiet">{t("adminActivity.ofPersonNone")}</p>}
      {figures && (
        <p className={`${rows.under} ${rows.parts}`}>
          <span>
            {format.number(figures.executions)} {t("adminActivity.total")}
          </span>
          <span>{t("adminActivity.todayToo", { n: format.number(figures.today) })}</span>
          <span>{t("adminActivity.errors", { count: figures.errors })}</span>
          <span>
            {format.took(figures.average_ms)} {t("adminActivity.average")}
          </span>
          {figures.last_at !== null && (
            <span>
              {t("adminActivity.last")} <When at={figures.last_at} />
            </span>
          )}
        </p>
      )}
    </Section>
  );
}
