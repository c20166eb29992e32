import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CurrentMaintenance, endMaintenance, planMaintenance } from "../api/announcements.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { IconAlertTriangle, IconClock } from "../pieces/icons.ts";
import { useUndo } from "../pieces/undo.tsx";
import classes from "./banners.module.css";
import { messageIn } from "./said.ts";

/** Milliseconds before it begins in which everybody is told; administrators know from the start. */
const tellBeforeMs = 24 * 3_600_000;
const exactMs = 3_600_000;

/** Counts down to a maintenance, and says while it is on what is possible; administrators end it here. */
export function MaintenanceBanner({ maintenance, isAdmin }: { maintenance: CurrentMaintenance; isAdmin: boolean }) {
  const { t } = useTranslation();
  const { format, locale } = useLocale();
  const begins = Date.parse(maintenance.starts_at);
  const now = useNow(begins - Date.now() < exactMs);
  const isOn = maintenance.phase === "on" || begins <= now;
  if (!isOn && !isAdmin && begins - now > tellBeforeMs) return null;
  const until = maintenance.ends_at === null ? null : format.time(maintenance.ends_at);
  const Icon = isOn ? IconAlertTriangle : IconClock;
  const message = messageIn(locale, maintenance);
  return (
    <div className={classes.banner} data-tone="warn" role="status">
      <Icon size={20} aria-hidden="true" className={classes.icon} />
      <div className={classes.said}>
        <strong>
          {isOn
            ? t(until === null ? "system.maintenanceOn" : "system.maintenanceOnUntil", { until })
            : t("system.maintenanceIn", { time: format.duration((begins - now) / 1000) })}
        </strong>
        <div className={classes.text}>
          {!isOn && (
            <p>
              {until === null
                ? t("system.from", { from: format.time(maintenance.starts_at) })
                : t("system.fromUntil", { from: format.time(maintenance.starts_at), until })}
            </p>
          )}
          {message !== "" && <p dir="auto">{message}</p>}
          <p className="quiet">
            {t(isAdmin ? "system.maintenanceAdmin" : isOn ? "system.maintenanceMeans" : "system.maintenanceWillMean")}
          </p>
        </div>
      </div>
      {isAdmin && <EndMaintenance maintenance={maintenance} isOn={isOn} />}
    </div>
  );
}

function EndMaintenance({ maintenance, isOn }: { maintenance: CurrentMaintenance; isOn: boolean }) {
  const { t } = useTranslation();
  const { format, locale } = useLocale();
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const offerUndo = useUndo();
  const renew = () => client.invalidateQueries({ queryKey: ["announcements"] });
  const end = useMutation({
    mutationFn: () => endMaintenance(maintenance.version),
    // Kept at once: an event may tell of its end before the call's own answer does.
    onMutate: () => maintenance,
    onSuccess: ({ version }, _nothing, before) => {
      setAsking(false);
      const { message, message_fa, starts_at, ends_at } = before;
      offerUndo({
        text: t(isOn ? "system.maintenanceEnded" : "system.maintenanceCancelled"),
        undo: async () => {
          await planMaintenance({ message, message_fa, starts_at, ends_at, version });
          await renew();
        },
      });
      return renew();
    },
    onError: renew,
  });
  const message = messageIn(locale, maintenance);
  return (
    <div className={classes.end}>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t(isOn ? "system.endMaintenance" : "system.cancelMaintenance")}
      </Button>
      <Confirm
        opened={asking}
        title={t(isOn ? "system.endMaintenanceTitle" : "system.cancelMaintenanceTitle")}
        about={timesOf()}
        text={t(isOn ? "system.endMaintenanceText" : "system.cancelMaintenanceText")}
        action={t(isOn ? "system.endMaintenance" : "system.cancelMaintenance")}
        pending={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate()}
        onClose={() => {
          setAsking(false);
          end.reset();
        }}
      >
        {message !== "" && <blockquote dir="auto">{message}</blockquote>}
      </Confirm>
    </div>
  );

  function timesOf(): string {
    const from = format.dateTime(maintenance.starts_at);
    if (maintenance.ends_at === null) return t("system.from", { from });
    return t("system.fromUntil", { from, until: format.dateTime(maintenance.ends_at) });
  }
}
