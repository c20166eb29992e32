import { useTranslation } from "react-i18next";
import type { Resources } from "../api/resources.ts";
import { IconAlertTriangle } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";
import { tellIn } from "../sessions/told.ts";

/** A session that failed lately, and why. */
export function FailureRow({ failure }: { failure: Resources["failures"][number] }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  return (
    <li className={rows.row}>
      <IconAlertTriangle size={20} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span>{t("system.failedOn", { program: nameOf(failure.job_type), host: failure.node })}</span>
        <span className={`${rows.under} ${rows.wrapping}`} dir="auto">
          {failure.told === null ? t("system.noReason") : tellIn(t, failure.told)}
        </span>
      </div>
      <span className={rows.end}>{failure.ended_at !== null && <When at={failure.ended_at} />}</span>
    </li>
  );
}
