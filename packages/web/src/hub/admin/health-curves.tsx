import { useTranslation } from "react-i18next";
import type { HubHealth, HubPoint } from "../../api/hub-admin.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { CurveCard, CurveGrid } from "../../pieces/curve-card.tsx";

interface Curve {
  /** Under `adminHub.curve` in the catalogues. */
  readonly word: string;
  readonly tone: "good" | "busy" | "accent";
  /** Null: there is no figure for that half hour. */
  of(point: HubPoint): number | null;
  write(value: number): string;
  /** The large number, of the whole day; null: there is none. */
  readonly sum: number | null;
}

/** How the hub did over the last day: calls that were answered, how fast, launches that came to something. */
export default function HealthCurves({ health }: { health: HubHealth }) {
  const { format } = useLocale();
  const { calls, launches, curve } = health;
  const day = calls.day.by_call;
  const sum = day.reduce((all, one) => all + one.mean_ms * one.calls, 0);
  const curves: readonly Curve[] = [
    {
      word: "calls",
      tone: "good",
      of: ({ calls: all, fine }) => (all === 0 ? null : (fine / all) * 100),
      write: (share) => format.percent(share),
      sum: calls.day.success_rate,
    },
    {
      word: "latency",
      tone: "busy",
      of: ({ mean_ms }) => mean_ms,
      write: format.took,
      sum: calls.day.calls === 0 ? null : sum / calls.day.calls,
    },
    {
      word: "launches",
      tone: "accent",
      of: ({ launches: all, launches_ok: ok }) => (all === 0 ? null : (ok / all) * 100),
      write: (share) => format.percent(share),
      sum: launches.day.success_rate,
    },
  ];
  return (
    <CurveGrid>
      {curves.map((one) => (
        <DayCard key={one.word} curve={one} points={curve} />
      ))}
    </CurveGrid>
  );
}

function DayCard({ curve, points }: { curve: Curve; points: readonly HubPoint[] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const values = points.map(curve.of).filter((value) => value !== null);
  const what = t(`adminHub.curve.${curve.word}`);
  return (
    <CurveCard
      what={what}
      sum={curve.sum === null ? null : curve.write(curve.sum)}
      sumIs={t("adminHub.inADay")}
      told={
        values.length === 0
          ? t("overview.toldNone", { what })
          : t("adminHub.told", {
              least: curve.write(Math.min(...values)),
              most: curve.write(Math.max(...values)),
              last: curve.write(values.at(-1) ?? 0),
            })
      }
      points={points.map((point) => ({ at: format.time(point.at), value: curve.of(point) }))}
      write={curve.write}
      tone={curve.tone}
      straight
    />
  );
}
