import { useTranslation } from "react-i18next";
import { useLocale } from "../locales/use-locale.tsx";
import classes from "./meter.module.css";

interface MeterProps {
  readonly label: string;
  /** Bytes. */
  readonly used: number;
  /** Bytes; null: no limit is set, then only the number is told. */
  readonly allowed: number | null;
  /** Share of allowed, 0 to 1, from which it warns. */
  readonly warnAt?: number;
}

/** Used of allowed, with a tick at the warning and the words beside it. */
export function Meter({ label, used, allowed, warnAt = 0.85 }: MeterProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (allowed === null) {
    return (
      <div className={classes.meter}>
        <span className={classes.figure}>{format.bytes(used)}</span>
        <span className="quiet small">{label}</span>
      </div>
    );
  }
  const share = allowed > 0 ? Math.min(1, used / allowed) : 1;
  const words = t("meter.usedOf", { used: format.bytes(used), allowed: format.bytes(allowed) });
  return (
    <div className={classes.meter}>
      <span className={classes.figure}>{words}</span>
      {/* biome-ignore lint/a11y/useSemanticElements: the element "meter" can't show a tick, nor our colours */}
      <div
        className={classes.track}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={allowed}
        aria-valuenow={used}
        aria-valuetext={words}
        data-tone={share >= 1 ? "bad" : share >= warnAt ? "warn" : "accent"}
      >
        <div className={classes.fill} style={{ inlineSize: `${share * 100}%` }} />
        <div className={classes.tick} style={{ insetInlineStart: `${warnAt * 100}%` }} />
      </div>
      <span className="quiet small">{label}</span>
    </div>
  );
}
