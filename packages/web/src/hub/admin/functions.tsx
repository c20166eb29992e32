import { useTranslation } from "react-i18next";
import type { HubHealth } from "../../api/hub-admin.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconCheck, IconCircleX } from "../../pieces/icons.ts";
import { Section } from "../../pieces/page.tsx";
import classes from "./hub-admin.module.css";

/** What the token's scopes let Stoa do; what is off is named first, with what it lacks. */
export function Functions({ functions }: Pick<HubHealth, "functions">) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const off = functions.filter(({ on }) => !on);
  const on = functions.filter((one) => one.on);
  if (functions.length === 0) return null;
  return (
    <Section title={t("adminHub.functions")}>
      {off.length === 0 ? (
        <p className={classes.allOn}>
          <IconCheck size={16} aria-hidden="true" /> {t("adminHub.allOn", { count: on.length })}
        </p>
      ) : (
        <ul className={classes.functions}>
          {off.map(({ id, what, missing }) => (
            <li key={id}>
              <IconCircleX size={16} aria-hidden="true" />
              <span>
                {t("adminHub.off", { what })}{" "}
                <span className="quiet small">
                  {t("adminHub.lacks")} <bdi className="mono">{missing.join(", ")}</bdi>
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <details className={classes.more}>
        <summary>{t("adminHub.whatIsOn", { count: on.length, n: format.number(on.length) })}</summary>
        <ul>
          {on.map(({ id, what }) => (
            <li key={id}>{what}</li>
          ))}
        </ul>
      </details>
    </Section>
  );
}
