import { useTranslation } from "react-i18next";
import { useSize } from "../storage/use-size.ts";
import classes from "./meter.module.css";

interface MeterProps {
  readonly label: string;
  /** Bytes, unless `figure` writes something else. */
  readonly used: number;
  /** Null: no limit is set, then only the number is told. */
  readonly allowed: number | null;
  /** What would come on top, as a ghost. */
  readonly adds?: number;
  /** Share of allowed, 0 to 1, from which it warns; null: it never does. */
  readonly warnAt?: number | null;
  /** How one of the figures is written. */
  readonly figure?: (value: number) => string;
}

/** Used of allowed, with a tick at the warning and the words beside it. */
export function Meter({ label, used, allowed, adds = 0, warnAt = 0.85, figure }: MeterProps) {
  const { t } = useTranslation();
  const size = useSize();
  const write = figure ?? size;
  if (allowed === null) {
    return (
      <div className={classes.meter}>
        <span className={classes.figure}>{write(used)}</span>
        <span className="quiet small">{label}</span>
      </div>
    );
  }
  const words = t("meter.usedOf", { used: beside(write(used), write(allowed)), allowed: write(allowed) });
  return (
    <div className={classes.meter}>
      <span className={classes.figure}>{words}</span>
      <MeterBar label={label} words={words} used={used} allowed={allowed} adds={adds} warnAt={warnAt} />
      <span className="quiet small">{label}</span>
    </div>
  );
}

/** Of two figures with the same unit only the second says it. */
function beside(used: string, allowed: string): string {
  const unit = /\P{N}+$/u.exec(allowed)?.[0] ?? "";
  return unit !== "" && used.endsWith(unit) ? used.slice(0, -unit.length) : used;
}

interface MeterBarProps {
  readonly label: string;
  readonly words: string;
  readonly used: number;
  readonly allowed: number;
  readonly warnAt?: number | null;
  /** What would come on top, as a ghost. */
  readonly adds?: number;
}

/** The bar alone, where the words stand elsewhere. */
export function MeterBar({ label, words, used, allowed, warnAt = 0.85, adds = 0 }: MeterBarProps) {
  const share = allowed > 0 ? Math.min(1, used / allowed) : 1;
  const ghost = allowed > 0 ? Math.min(1 - share, adds / allowed) : 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the element "meter" can't show a tick, nor our colours
    <div
      className={classes.track}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={allowed}
      aria-valuenow={used}
      aria-valuetext={words}
      data-tone={warnAt === null || share < warnAt ? "accent" : share >= 1 ? "bad" : "warn"}
    >
      <div className={classes.fill} style={{ inlineSize: `${share * 100}%` }} />
      {ghost > 0 && (
        <div
          className={classes.ghost}
          data-over={used + adds > allowed || undefined}
          style={{ insetInlineStart: `${share * 100}%`, inlineSize: `${ghost * 100}%` }}
        />
      )}
      {warnAt !== null && <div className={classes.tick} style={{ insetInlineStart: `${warnAt * 100}%` }} />}
    </div>
  );
}
