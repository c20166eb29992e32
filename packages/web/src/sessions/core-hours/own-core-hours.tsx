import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ownCoreHoursQuery } from "../../api/core-hours.ts";
import { shownError } from "../../api/query-trouble.ts";
import { Hint } from "../../pieces/hint.tsx";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import classes from "./core-hours.module.css";
import { CoreHoursMeter } from "./core-hours-meter.tsx";

/** What my sessions took and may take: mine, and that of each group with a limit. */
export function OwnCoreHours() {
  const { t } = useTranslation();
  const hours = useQuery(ownCoreHoursQuery);
  return (
    <Section title={t("sessions.coreHours")} hint={<Hint about={t("sessions.coreHours")}>{t("coreHours.about")}</Hint>}>
      {hours.isPending && <RowsLoading rows={1} height={64} />}
      {shownError(hours) !== null && <ReasonCard error={hours.error} onRetry={() => void hours.refetch()} />}
      {hours.data && (
        <div className={classes.meters}>
          <CoreHoursMeter
            label={t(hours.data.person.period === "month" ? "coreHours.mineMonth" : "coreHours.mine")}
            hours={hours.data.person}
          />
          {hours.data.groups.map((one) => (
            <CoreHoursMeter
              key={one.group.id}
              label={t(one.period === "month" ? "coreHours.groupMonth" : "coreHours.group", { name: one.group.name })}
              hours={one}
            />
          ))}
        </div>
      )}
    </Section>
  );
}
