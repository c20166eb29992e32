import { AreaChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";
import type { Day } from "../api/overview.ts";
import { useLocale } from "../locales/use-locale.tsx";
import "@mantine/charts/styles.layer.css";
import { useSize } from "../storage/use-size.ts";
import { type Figure, figures, sumOf } from "./figures.ts";
import classes from "./overview.module.css";

/** Each figure as a curve, with its number large and its course in words. */
export default function CurveCards({ days }: { days: readonly Day[] }) {
  return (
    <div className={classes.curves}>
      {figures.map((figure) => (
        <CurveCard key={figure.word} figure={figure} days={days} />
      ))}
    </div>
  );
}

function CurveCard({ figure, days }: { figure: Figure; days: readonly Day[] }) {
  const { t } = useTranslation();
  const { format, locale } = useLocale();
  const size = useSize();
  const what = t(`overview.curve.${figure.word}`);
  const sum = sumOf(figure, days);
  const write = (value: number) => figure.write(value, { ...format, size });
  const rtl = locale === "fa";
  // The drawing runs from left to right; what is written in it in its own direction.
  const written = (text: string) => (rtl ? `\u2067${text}\u2069` : text);
  const data = days.map((day) => ({ day: written(format.day(`${day.day}T12:00:00`)), value: figure.of(day) }));
  return (
    <figure className={classes.curve}>
      <figcaption>
        <span className={classes.curveName}>{what}</span>
        <span className={classes.curveSum}>
          {sum === null ? "–" : write(sum)}{" "}
          <small className="quiet">{t(sum === null ? "overview.noFigure" : `overview.${wordOf[figure.sum]}`)}</small>
        </span>
        <span className="visually-hidden">{told()}</span>
      </figcaption>
      {/* The words above tell the same, and the table all of it. */}
      <div aria-hidden="true" dir="ltr">
        <AreaChart
          h={110}
          data={data}
          dataKey="day"
          series={[{ name: "value", label: what, color: `var(--stoa-${figure.tone})` }]}
          curveType="monotone"
          // A single day makes no line.
          withDots={data.filter(({ value }) => value !== null).length < 3}
          strokeWidth={2}
          fillOpacity={0.14}
          withGradient={false}
          connectNulls={false}
          gridAxis="none"
          tickLine="none"
          valueFormatter={(value) => written(write(value))}
          withYAxis={false}
          xAxisProps={{ reversed: rtl, interval: "preserveStartEnd", minTickGap: 48, tickMargin: 0 }}
          tooltipAnimationDuration={0}
          areaProps={{ isAnimationActive: false }}
          // A dot at either end is whole.
          areaChartProps={{ accessibilityLayer: false, margin: { top: 6, right: 10, bottom: 0, left: 10 } }}
        />
      </div>
    </figure>
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
