import { useTranslation } from "react-i18next";
import type { Day } from "../api/overview.ts";
import { useLocale } from "../locales/use-locale.tsx";
import rows from "../pieces/rows.module.css";
import { useSize } from "../storage/use-size.ts";
import { figures } from "./figures.ts";
import classes from "./overview.module.css";

/** The same figures, a day a row, the newest first. */
export function CurvesTable({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  return (
    // A wide table is scrolled by keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
    <section className={rows.scroll} aria-label={t("overview.dayByDay")} tabIndex={0}>
      <table className={`${rows.table} ${classes.table}`}>
        <thead>
          <tr>
            <th scope="col">{t("overview.day")}</th>
            {figures.map(({ word }) => (
              <th key={word} scope="col">
                {t(`overview.curve.${word}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.day}>
              <th scope="row">
                <time dateTime={day.day}>{format.date(`${day.day}T12:00:00`)}</time>
              </th>
              {figures.map((figure) => {
                const value = figure.of(day);
                return (
                  <td key={figure.word} className="tabular">
                    {value === null ? "–" : figure.write(value, { ...format, size })}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
