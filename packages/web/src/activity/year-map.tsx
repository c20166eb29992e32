import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RunDay } from "../api/activity.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { levelOf, sumOf, yearOf } from "./days.ts";
import classes from "./runs.module.css";
import { useDayWords } from "./use-day-words.ts";

interface YearMapProps {
  readonly days: readonly RunDay[];
  readonly today: string;
  /** The day whose runs are shown; empty: all. */
  readonly chosen: string;
  onChoose(day: string): void;
}

/** A year as a map of days, darker where more ran. Arrow keys lead through it; a day is chosen by click or Enter. */
export function YearMap({ days, today, chosen, onChoose }: YearMapProps) {
  const { t } = useTranslation();
  const { format, locale } = useLocale();
  const { dayWords, told } = useDayWords();
  const weeks = useMemo(() => yearOf(days, today, locale === "fa" ? 6 : 1), [days, today, locale]);
  const all = weeks.flat();
  const [at, setAt] = useState(today);
  const place = Math.max(
    0,
    all.findIndex(({ day }) => day === at),
  );
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone the year is wider than the screen: now is what one looks for.
    const box = grid.current;
    if (box) box.scrollLeft = locale === "fa" ? -box.scrollWidth : box.scrollWidth;
  }, [locale]);
  const most = Math.max(...all.map(({ executions }) => executions));
  const sum = sumOf(all);
  const busiest = all.find(({ executions }) => executions === most);
  const onKeyDown = (event: KeyboardEvent) => {
    const along = locale === "fa" ? -7 : 7;
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, ArrowRight: along, ArrowLeft: -along };
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : place + (steps[event.key] ?? 0);
    const next = all[to];
    if (to === place || next === undefined) return;
    event.preventDefault();
    setAt(next.day);
    grid.current?.querySelector<HTMLElement>(`[data-day="${next.day}"]`)?.focus();
  };
  return (
    <figure className={classes.year}>
      <figcaption>
        <span className={classes.big}>{t("runs.todayRuns", { count: sum.runs })}</span>{" "}
        <span className="visually-hidden">
          {t("runs.yearTold", { count: sum.runs, errors: t("runs.errors", { count: sum.errors }) })}{" "}
          {most > 0 &&
            busiest &&
            t("runs.busiest", { day: dayWords(busiest.day), runs: t("runs.todayRuns", { count: most }) })}{" "}
          {t("runs.mapHow")}
        </span>
      </figcaption>
      <div
        ref={grid}
        role="listbox"
        aria-label={t("runs.year")}
        tabIndex={-1}
        className={classes.grid}
        onKeyDown={onKeyDown}
      >
        {all.map((one, index) => (
          <div
            key={one.day}
            role="option"
            aria-selected={one.day === chosen}
            aria-label={told(one)}
            title={told(one)}
            tabIndex={index === place ? 0 : -1}
            data-day={one.day}
            data-level={levelOf(one.executions, most)}
            className={classes.day}
            onFocus={() => setAt(one.day)}
            onClick={() => onChoose(one.day === chosen ? "" : one.day)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              onChoose(one.day === chosen ? "" : one.day);
            }}
          />
        ))}
      </div>
      <div className={classes.mapEnd} aria-hidden="true">
        <span>{format.date(new Date(`${all[0]?.day}T12:00:00Z`))}</span>
        <span className={classes.scale}>
          {t("runs.less")}
          {[0, 1, 2, 3, 4].map((level) => (
            <span key={level} className={classes.day} data-level={level} />
          ))}
          {t("runs.more")}
        </span>
        <span>{t("runs.today")}</span>
      </div>
      <p className="quiet small">{t("runs.utc")}</p>
    </figure>
  );
}
