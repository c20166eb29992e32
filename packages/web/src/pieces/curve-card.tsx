import { AreaChart } from "@mantine/charts";
import "@mantine/charts/styles.layer.css";
import type { ReactNode } from "react";
import { useLocale } from "../locales/use-locale.tsx";
import classes from "./curve-card.module.css";

interface CurveCardProps {
  readonly what: string;
  /** The large number, written; null: there is none. */
  readonly sum: string | null;
  /** What the number is. */
  readonly sumIs: string;
  /** The course in words: who can't see the drawing has these. */
  readonly told: string;
  /** From left to right; null: there is no figure at that point. */
  readonly points: readonly { readonly at: string; readonly value: number | null }[];
  write(value: number): string;
  /** A colour of the theme. */
  readonly tone: string;
  /** The line goes on from point to point straight, and over those without a figure; else it is broken there. */
  readonly straight?: boolean;
}

/** Cards side by side, as many as there is room for. */
export function CurveGrid({ children }: { children: ReactNode }) {
  return <div className={classes.curves}>{children}</div>;
}

/** A figure as a curve, with its number large and its course in words. */
export function CurveCard({ what, sum, sumIs, told, points, write, tone, straight = false }: CurveCardProps) {
  const { locale } = useLocale();
  const rtl = locale === "fa";
  // The drawing runs from left to right; what is written in it in its own direction.
  const written = (text: string) => (rtl ? `\u2067${text}\u2069` : text);
  return (
    <figure className={classes.curve}>
      <figcaption>
        <span className="quiet small">{what}</span>
        <span className={classes.sum}>
          {sum ?? "–"} <small className="quiet">{sumIs}</small>
        </span>
        <span className="visually-hidden">{told}</span>
      </figcaption>
      {/* The words above tell the same. */}
      <div aria-hidden="true" dir="ltr">
        <AreaChart
          h={110}
          data={points.map(({ at, value }) => ({ at: written(at), value }))}
          dataKey="at"
          series={[{ name: "value", label: what, color: `var(--stoa-${tone})` }]}
          curveType={straight ? "linear" : "monotone"}
          // A single point makes no line.
          withDots={points.filter(({ value }) => value !== null).length < 3}
          strokeWidth={2}
          fillOpacity={0.14}
          withGradient={false}
          connectNulls={straight}
          gridAxis="none"
          tickLine="none"
          valueFormatter={(value) => written(write(value))}
          withYAxis={false}
          xAxisProps={{ reversed: rtl, interval: "preserveStartEnd", minTickGap: straight ? 64 : 48, tickMargin: 0 }}
          tooltipAnimationDuration={0}
          areaProps={{ isAnimationActive: false }}
          // A dot at either end is whole.
          areaChartProps={{ accessibilityLayer: false, margin: { top: 6, right: 10, bottom: 0, left: 10 } }}
        />
      </div>
    </figure>
  );
}
