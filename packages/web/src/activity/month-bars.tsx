import { useTranslation } from "react-i18next";
import type { RunDay } from "../api/activity.ts";
import { lastDays, sumOf } from "./days.ts";
import classes from "./runs.module.css";
import { useDayWords } from "./use-day-words.ts";

/** Today, and thirty days as bars: what ran, and how much of it ended in an error. */
export function MonthBars({ days, today }: { days: readonly RunDay[]; today: string }) {
  const { t } = useTranslation();
  const { told } = useDayWords();
  const month = lastDays(days, today, 30);
  const sum = sumOf(month);
  const now = sumOf(month.slice(-1));
  const most = Math.max(1, ...month.map(({ executions }) => executions));
  return (
    <div className={classes.figures}>
      <Figure label={t("runs.today")} runs={now.runs} errors={now.errors} />
      <figure className={classes.month}>
        <figcaption>
          <Figure label={t("runs.month")} runs={sum.runs} errors={sum.errors} />
        </figcaption>
        {/* The words beside it tell the sum, and the map each day. */}
        <div className={classes.bars} aria-hidden="true">
          {month.map((one) => (
            <span key={one.day} title={told(one)} className={classes.bar}>
              <span
                className={classes.well}
                style={{ blockSize: `${((one.executions - one.errors) / most) * 100}%` }}
              />
              <span className={classes.wrong} style={{ blockSize: `${(one.errors / most) * 100}%` }} />
            </span>
          ))}
        </div>
      </figure>
    </div>
  );
}

function Figure({ label, runs, errors }: { label: string; runs: number; errors: number }) {
  const { t } = useTranslation();
  return (
    <span className={classes.figure}>
      <span className="quiet small">{label}</span>
      <span className={classes.big}>{t("runs.todayRuns", { count: runs })}</span>
      <span className={errors > 0 ? classes.errors : "quiet small"}>{t("runs.errors", { count: errors })}</span>
    </span>
  );
}
