import { CompositeChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";
import type { StorageHistory } from "../api/storage.ts";
import { useLocale } from "../locales/use-locale.tsx";
import "@mantine/charts/styles.layer.css";
import { drawnPoints } from "./history-points.ts";
import { sizeTicks } from "./size-ticks.ts";
import classes from "./storage.module.css";
import { useSize } from "./use-size.ts";

interface HistoryChartProps {
  readonly history: StorageHistory;
  /** 0: none. */
  readonly quota: number;
  readonly height: number;
}

/** Places that are one day apart are written as days, others with their hour. */
const DAY = 86_400_000;

/** What was used as an area, the quota as a line, and how it goes on as a broken one. */
export default function HistoryChart({ history, quota, height }: HistoryChartProps) {
  const { t } = useTranslation();
  const { format, locale } = useLocale();
  const size = useSize();
  const rtl = locale === "fa";
  // The drawing runs from left to right; what is written in it in its own direction.
  const written = (text: string) => (rtl ? `\u2067${text}\u2069` : text);
  const points = drawnPoints(history, new Date(), quota);
  const step = (points[1]?.at.getTime() ?? 0) - (points[0]?.at.getTime() ?? 0);
  const name = (at: Date) => written(step >= DAY ? format.day(at) : format.time(at));
  const data = points.map(({ at, ...figures }) => ({ ...figures, at: name(at) }));
  const values = history.points.map(({ used }) => used);
  const ticks = sizeTicks(Math.max(...values, ...points.map((point) => point.quota ?? 0)));
  const series = [
    { name: "used", label: t("storage.used"), color: "var(--stoa-accent)", type: "area" as const },
    ...(points.some((point) => point.quota !== null)
      ? [{ name: "quota", label: t("storage.quota"), color: "var(--stoa-quiet)", type: "line" as const }]
      : []),
    ...(points.some((point) => point.forecast !== null)
      ? [
          {
            name: "forecast",
            label: t("storage.forecast"),
            color: "var(--stoa-warn)",
            type: "line" as const,
            strokeDasharray: "5 5",
          },
        ]
      : []),
  ];
  const [least, most, last] = [Math.min(...values), Math.max(...values), values.at(-1) ?? 0].map(size);
  return (
    <figure className={classes.chart}>
      <figcaption className="visually-hidden">
        {least === most ? t("storage.historyFlat", { last }) : t("storage.historyTold", { least, most, last })}
      </figcaption>
      {/* The words above tell the same. */}
      <div className={classes.drawing} aria-hidden="true" dir="ltr">
        <CompositeChart
          h={height}
          data={data}
          dataKey="at"
          series={series}
          curveType="linear"
          withDots={values.length < 3}
          strokeWidth={2}
          connectNulls
          gridAxis="x"
          tickLine="none"
          valueFormatter={(value) => written(size(value))}
          yAxisProps={{
            width: 76,
            tickMargin: rtl ? 14 : 6,
            orientation: rtl ? "right" : "left",
            ticks,
            domain: [0, ticks.at(-1) ?? 1],
          }}
          xAxisProps={{ reversed: rtl, interval: "preserveStartEnd", minTickGap: 56 }}
          tooltipAnimationDuration={0}
          areaProps={{ isAnimationActive: false, fillOpacity: 0.14 }}
          lineProps={{ isAnimationActive: false }}
          composedChartProps={{ accessibilityLayer: false, margin: { top: 8, right: 10, bottom: 0, left: 10 } }}
        />
      </div>
      <ul className={classes.legend} aria-hidden="true">
        {series.map((one) => (
          <li key={one.name} data-line={one.name}>
            {one.label}
          </li>
        ))}
      </ul>
    </figure>
  );
}
