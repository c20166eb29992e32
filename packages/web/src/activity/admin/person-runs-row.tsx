import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PersonRuns } from "../../api/admin-activity.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import classes from "./admin-activity.module.css";

/** One person: how much, how often in vain, how long each takes, when last; the whole row leads to their page. */
export function PersonRunsRow({ runs }: { runs: PersonRuns }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { account, executions, today, errors, average_ms: ms, last_at: last } = runs;
  return (
    <div className={classes.row}>
      <div className={rows.main}>
        <span className="clip">
          <Link to="/people/$personId" params={{ personId: String(account.id) }} className={rows.link}>
            <bdi>{nameOfPerson(account)}</bdi>
          </Link>
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>
            <bdi>{account.username}</bdi>
          </span>
          {last !== null && (
            <span>
              {t("adminActivity.last")} <When at={last} />
            </span>
          )}
        </span>
      </div>
      <span className={classes.figure}>
        <strong>{format.number(executions)}</strong>
        <small>{t("adminActivity.todayToo", { n: format.number(today) })}</small>
      </span>
      <span className={classes.figure} data-tone={errors > 0 ? "warn" : undefined}>
        <strong>{t("adminActivity.errors", { count: errors })}</strong>
        <small>{format.percent(executions === 0 ? 0 : (errors / executions) * 100)}</small>
      </span>
      <span className={classes.figure}>
        <strong>{format.took(ms)}</strong>
        <small>{t("adminActivity.average")}</small>
      </span>
    </div>
  );
}
