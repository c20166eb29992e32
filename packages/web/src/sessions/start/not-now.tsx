import { useTranslation } from "react-i18next";
import type { Preflight } from "../../api/session-time.ts";
import { IconAlertTriangle } from "../../pieces/icons.ts";
import { CheckLine } from "./checks.tsx";
import classes from "./start.module.css";

/** "Not now, because": what stands in the way of a start, before somebody clicks in vain. */
export function NotNow({ preflight }: { preflight: Preflight }) {
  const { t } = useTranslation();
  return (
    <section className={classes.notNow} aria-label={t("startForm.notNow")}>
      <p className={classes.verdict} data-ok="false">
        <IconAlertTriangle size={18} aria-hidden="true" />
        <strong>{t("startForm.notNow")}</strong>
      </p>
      <ul className={classes.list}>
        {preflight.checks
          .filter(({ ok }) => !ok)
          .map((check) => (
            <CheckLine key={check.id} check={check} />
          ))}
      </ul>
    </section>
  );
}
