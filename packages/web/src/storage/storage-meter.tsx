import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { StorageHistory, StorageSubject } from "../api/storage.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle } from "../pieces/icons.ts";
import { Meter } from "../pieces/meter.tsx";
import { When } from "../pieces/when.tsx";
import { type Level, levelOf, NEAR } from "./level.ts";
import classes from "./storage.module.css";
import { useSize } from "./use-size.ts";

interface StorageMeterProps {
  readonly subject: StorageSubject;
  readonly label: string;
  /** With it the next month is a ghost on the bar. */
  readonly forecast?: StorageHistory["forecast"] | undefined;
  /** On Home: what an operator decided is left out. */
  readonly brief?: boolean;
  /** Beside the age of the figure. */
  readonly action?: ReactNode;
}

const GHOST_DAYS = 30;

/** Used of allowed, how full that is in words, and how old the figure is. */
export function StorageMeter({ subject, label, forecast, brief = false, action }: StorageMeterProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const { used, effective_quota: quota, raise, usage_kind: kind } = subject;
  const level = levelOf(subject);
  return (
    <div className={classes.meter}>
      <Meter
        label={label}
        used={used}
        allowed={quota === 0 ? null : quota}
        adds={Math.max(0, forecast?.bytes_per_day ?? 0) * GHOST_DAYS}
        warnAt={NEAR}
        figure={size}
      />
      {quota === 0 && <span className="quiet small">{t("storage.noQuota")}</span>}
      <LevelWord level={level} />
      {raise !== null && (
        <span className="small">
          {t("storage.raisedUntil", { size: size(raise.bytes), date: format.dateTime(raise.until) })}
        </span>
      )}
      {quota > 0 && !subject.enforced && !brief && <span className="quiet small">{t("storage.notEnforced")}</span>}
      <span className={classes.age}>
        <span>
          {subject.as_of === null || kind === "none" ? (
            t("storage.notCounted")
          ) : (
            <>
              {t("storage.counted")} <When at={subject.as_of} />
            </>
          )}
        </span>
        {action}
      </span>
    </div>
  );
}

/** How full, where that wants somebody's eye: a sign and a word, not the colour alone. */
export function LevelWord({ level }: { level: Level }) {
  const { t } = useTranslation();
  if (level === "ok") return null;
  return (
    <span className={classes.level} data-level={level}>
      <IconAlertTriangle size={16} stroke={2} aria-hidden="true" /> {t(`storage.level_${level}`)}
    </span>
  );
}
