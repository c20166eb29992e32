import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { HubCalls, HubHealth } from "../../api/hub-admin.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Section } from "../../pieces/page.tsx";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import classes from "./hub-admin.module.css";
import { HubSaid } from "./hub-said.tsx";

/** Starts that failed last: when, whose, why, what to do, and the hub's own words. */
export function LaunchFailures({ launches }: { launches: HubHealth["failed_launches"] }) {
  const { t } = useTranslation();
  if (launches.length === 0) return null;
  return (
    <Section title={t("adminHub.failedLaunches")}>
      <ul className={rows.rows}>
        {launches.map((one) => (
          <li key={one.operation_id} className={rows.row}>
            <div className={rows.main}>
              <span>
                {t(`adminHub.cause.${one.cause ?? "unknown"}`, { defaultValue: t("adminHub.cause.unknown") })}
              </span>
              <span className={`${rows.under} ${rows.parts}`}>
                <span>
                  <Link to="/people/$personId" params={{ personId: String(one.account.id) }}>
                    <bdi>{one.account.username}</bdi>
                  </Link>
                </span>
                {one.server !== "" && (
                  <span>
                    <bdi className="mono">{one.server}</bdi>
                  </span>
                )}
                <span>
                  <When at={one.at} />
                </span>
                <span>
                  <Link to="/operations" search={{ id: one.operation_id }}>
                    {t("adminHub.itsOperation")}
                  </Link>
                </span>
              </span>
              <p className={classes.fix}>{one.fix}</p>
              <HubSaid words={one.said ?? ""} />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Calls of the last day by name, and those that failed last. */
export function CallFailures({ failures, calls }: { failures: HubHealth["failures"]; calls: HubCalls }) {
  const { t } = useTranslation();
  return (
    <Section title={t("adminHub.calls")}>
      {calls.calls === 0 && failures.length === 0 && <p className="quiet">{t("adminHub.noCalls")}</p>}
      {calls.calls > 0 && <CallTable calls={calls} />}
      {failures.length > 0 && (
        <details className={classes.more}>
          <summary>{t("adminHub.failedCalls", { count: failures.length })}</summary>
          <ul className={classes.failures}>
            {failures.map((one) => (
              <li key={`${one.at} ${one.call} ${one.said}`}>
                <code dir="ltr">{`${one.call}: ${one.cause}`}</code>{" "}
                <span className="quiet small">
                  <When at={one.at} />
                </span>
                <HubSaid words={one.said} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

function CallTable({ calls }: { calls: HubCalls }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
    <section className={rows.scroll} aria-label={t("adminHub.callTable")} tabIndex={0}>
      <table className={`${rows.table} ${classes.table}`}>
        <thead>
          <tr>
            {(["call", "count", "fine", "retries", "mean", "slowest"] as const).map((word) => (
              <th key={word} scope="col">
                {t(`adminHub.column.${word}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {calls.by_call.map((one) => (
            <tr key={one.call}>
              <td>
                <code dir="ltr">{one.call}</code>
              </td>
              <td className="tabular">{format.number(one.calls)}</td>
              <td className="tabular">{format.percent(one.success_rate)}</td>
              <td className="tabular">{format.number(one.retries)}</td>
              <td className="tabular">{format.took(one.mean_ms)}</td>
              <td className="tabular">{format.took(one.slowest_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
