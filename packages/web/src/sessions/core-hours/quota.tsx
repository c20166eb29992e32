import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { coreHoursQuery, type Holder, removeCoreHours } from "../../api/core-hours.ts";
import { shownError } from "../../api/query-trouble.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import classes from "./core-hours.module.css";
import { CoreHoursMeter } from "./core-hours-meter.tsx";
import { QuotaForm } from "./quota-form.tsx";

/** What a person or a group took and may take; administrators set it and take the limit away again. */
export function CoreHourQuota({ holder, name }: { holder: Holder; name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const hours = useQuery(coreHoursQuery(holder));
  const [doing, setDoing] = useState<"set" | "remove" | null>(null);
  const remove = useMutation({
    mutationFn: () => removeCoreHours(holder),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["core-hours"] });
      void client.invalidateQueries({ queryKey: ["people", "one"] });
      setDoing(null);
    },
  });
  const limited = hours.data !== undefined && hours.data.allowed !== null;
  return (
    <Section title={t("sessions.coreHours")}>
      {hours.isPending && <RowsLoading rows={1} height={64} />}
      {shownError(hours) !== null && <ReasonCard error={hours.error} onRetry={() => void hours.refetch()} />}
      {hours.data && (
        <>
          <div className={classes.meters}>
            <CoreHoursMeter
              label={t(
                hours.data.period === null
                  ? "coreHours.usedEver"
                  : hours.data.period === "month"
                    ? "coreHours.thisMonth"
                    : "coreHours.inAll",
              )}
              hours={hours.data}
            />
          </div>
          <div className={classes.verbs}>
            <Button variant="default" size="xs" onClick={() => setDoing("set")}>
              {t(limited ? "coreHours.change" : "coreHours.set")}
            </Button>
            {limited && (
              <Button variant="subtle" size="xs" onClick={() => setDoing("remove")}>
                {t("coreHours.remove")}
              </Button>
            )}
          </div>
          {doing === "set" && (
            <QuotaForm holder={holder} name={name} hours={hours.data} onClose={() => setDoing(null)} />
          )}
        </>
      )}
      <Confirm
        opened={doing === "remove"}
        title={t("coreHours.removeTitle", { name })}
        text={t("coreHours.removeText")}
        action={t("coreHours.remove")}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setDoing(null)}
      />
    </Section>
  );
}
