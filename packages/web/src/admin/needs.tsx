import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { needsQuery } from "../api/overview.ts";
import { shownError } from "../api/query-trouble.ts";
import { IconCircleCheck } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { NeedRow } from "./need-row.tsx";
import classes from "./overview.module.css";

/** Everything that waits for somebody, the gravest first; or that nothing does. */
export function Needs() {
  const { t } = useTranslation();
  const needs = useQuery(needsQuery);
  const items = needs.data?.items ?? [];
  // Hints wait for nobody.
  const waiting = items.filter(({ tone }) => tone !== "hint").length;
  return (
    <Section title={t("overview.needs")} action={waiting > 0 && <Count count={waiting} />}>
      {needs.isPending && <RowsLoading rows={3} height={52} />}
      {shownError(needs) !== null && <ReasonCard error={needs.error} onRetry={() => void needs.refetch()} />}
      {needs.data && waiting === 0 && <Calm />}
      {items.length > 0 && (
        <ul className={classes.needs}>
          {items.map((need) => (
            <NeedRow key={`${need.code} ${need.subject?.kind} ${need.subject?.id} ${need.params.hang}`} need={need} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Count({ count }: { count: number }) {
  const { t } = useTranslation();
  return <span className="quiet tabular">{t("overview.count", { count })}</span>;
}

function Calm() {
  const { t } = useTranslation();
  return (
    <div className={classes.calm}>
      <IconCircleCheck size={40} stroke={1.5} aria-hidden="true" />
      <div>
        <strong>{t("overview.calm")}</strong>
        <p className="quiet">{t("overview.calmText")}</p>
      </div>
    </div>
  );
}
