import { useTranslation } from "react-i18next";
import type { SignIns } from "../api/sign-ins.ts";
import { useLocale } from "../locales/use-locale.tsx";
import classes from "./account.module.css";

/** Who tried and failed since one was last here. Nothing while nobody did. */
export function FailedSignIns({ failed }: { failed: SignIns["failed_attempts"] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (failed.count === 0) return null;
  return (
    <details className={classes.failed}>
      <summary>
        <span className="warned">
          {t("signIns.failed", { count: failed.count, date: format.dateTime(failed.since) })}
        </span>
      </summary>
      <ul>
        {failed.items.map((one) => (
          <li key={`${one.at}${one.address}${one.step}`} className="quiet small">
            {format.dateTime(one.at)} · <bdi className="mono">{one.address}</bdi> · {t(`signIns.${one.step}`)}
            {one.count > 1 && ` · ${t("signIns.times", { count: one.count })}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
