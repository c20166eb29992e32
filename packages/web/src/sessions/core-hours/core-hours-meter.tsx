import { useTranslation } from "react-i18next";
import type { CoreHours } from "../../api/core-hours.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Meter } from "../../pieces/meter.tsx";

/** Core hours used of those allowed, what is set aside besides, and since and until when it counts. */
export function CoreHoursMeter({ label, hours }: { label: string; hours: CoreHours }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const reserved = Number(hours.reserved);
  return (
    <div>
      <Meter
        label={label}
        used={Number(hours.used) - reserved}
        adds={reserved}
        allowed={hours.allowed === null ? null : Number(hours.allowed)}
        figure={(value) => format.number(value, 2)}
      />
      {reserved > 0 && <p className="quiet small">{t("coreHours.reserved", { hours: format.number(reserved, 2) })}</p>}
      {hours.resets_at !== null && (
        <p className="quiet small">{t("coreHours.resets", { date: format.date(hours.resets_at) })}</p>
      )}
      {hours.set_by !== null && <p className="quiet small">{t("startForm.setBy", { name: hours.set_by })}</p>}
    </div>
  );
}
