import { useTranslation } from "react-i18next";
import type { Day } from "../api/overview.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { CurveCard, CurveGrid } from "../pieces/curve-card.tsx";
import { useSize } from "../storage/use-size.ts";
import { type Figure, figures, sumOf } from "./figures.ts";

/** Each figure as a curve, with its number large and its course in words; the table tells all of it. */
export default function CurveCards({ days }: { days: readonly Day[] }) {
  return (
    <CurveGrid>
      {figures.map((figure) => (
        <FigureCard key={figure.word} figure={figure} days={days} />
      ))}
    </CurveGrid>
  );
}

function FigureCard({ figure, days }: { figure: Figure; days: readonly Day[] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const what = t(`overview.curve.${figure.word}`);
  const sum = sumOf(figure, days);
  const write = (value: number) => figure.write(value, { ...format, size });
  return (
    <CurveCard
      what={what}
      sum={sum === null ? null : write(sum)}
      sumIs={t(sum === null ? "overview.noFigure" : `overview.${wordOf[figure.sum]}`)}
      told={told()}
      points={days.map((day) => ({ at: format.day(`${day.day}T12:00:00`), value: figure.of(day) }))}
      write={write}
      tone={figure.tone}
    />
  );

  function told(): string {
    const values = days.map(figure.of).filter((value) => value !== null);
    const last = values.at(-1);
    if (last === undefined) return t("overview.toldNone", { what });
    return t("overview.told", {
      what,
      least: write(Math.min(...values)),
      most: write(Math.max(...values)),
      last: write(last),
    });
  }
}

const wordOf = { total: "total", mean: "mean", last: "today" } as const;
