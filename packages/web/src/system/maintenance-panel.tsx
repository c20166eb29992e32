import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { maintenanceQuery } from "../api/announcements.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { MaintenanceForm } from "./maintenance-form.tsx";

/** Whether one is on or planned, and the form for it. Ended in the banner, which stands on every page. */
export function MaintenancePanel() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [planning, setPlanning] = useState(false);
  const maintenance = useQuery(maintenanceQuery);
  const { data } = maintenance;
  const until = data === undefined || data.ends_at === null ? null : format.dateTime(data.ends_at);
  const isSet = data !== undefined && data.phase !== "none";
  const action = data && (
    <Button variant="default" size="xs" onClick={() => setPlanning(true)}>
      {t(isSet ? "system.changeMaintenance" : "system.planMaintenance")}
    </Button>
  );
  return (
    <Section title={t("system.maintenance")} action={action}>
      {maintenance.isPending && <RowsLoading rows={1} height={24} />}
      {shownError(maintenance) !== null && (
        <ReasonCard error={maintenance.error} onRetry={() => void maintenance.refetch()} />
      )}
      {data && (
        <p className="quiet">
          {data.phase === "none" && t("system.maintenanceNone")}
          {data.phase === "planned" &&
            t(until === null ? "system.maintenancePlanned" : "system.maintenancePlannedUntil", {
              from: data.starts_at === null ? "" : format.dateTime(data.starts_at),
              until,
            })}
          {data.phase === "on" && t(until === null ? "system.maintenanceOn" : "system.maintenanceOnUntil", { until })}
        </p>
      )}
      {planning && data && <MaintenanceForm maintenance={data} onClose={() => setPlanning(false)} />}
    </Section>
  );
}
