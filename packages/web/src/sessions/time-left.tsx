import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { extendSession } from "../api/session-time.ts";
import { isLive, sessionOneQuery } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { IconClockPlus } from "../pieces/icons.ts";
import { MeterBar } from "../pieces/meter.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { Ring } from "../pieces/ring.tsx";
import classes from "./session-page.module.css";
import { coreHoursSoFar, secondsLeft } from "./session-time.ts";

/** How long still, more by one click, and what it has taken so far. */
export function TimeLeft({ session }: { session: Session }) {
  const { t } = useTranslation();
  if (!isLive(session)) return null;
  return (
    <Section title={t("sessionTime.title")}>
      <Clock session={session} />
      <CoreHours session={session} />
    </Section>
  );
}

function Clock({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const soon = secondsLeft(session, Date.now());
  const left = secondsLeft(session, useNow(soon !== null && soon < 600));
  const limit = session.resource.time_limit_seconds;
  if (left === null || limit === null || session.ends_at === null) {
    const words =
      limit === null ? t("sessionTime.noLimit") : t("sessionTime.onceStarted", { time: format.duration(limit) });
    return session.status === "pending" || limit === null ? <p className="quiet">{words}</p> : null;
  }
  const words = format.duration(left);
  return (
    <div className={classes.clock}>
      <Ring
        label={t("sessions.timeLeft")}
        words={words}
        share={Math.min(1, left / limit)}
        tone={left < 300 ? "bad" : left < 900 ? "warn" : "accent"}
      >
        <span className="tabular">{words}</span>
      </Ring>
      <div className={classes.clockWords}>
        <span>{t("sessionTime.endsAt", { time: format.time(session.ends_at) })}</span>
        <Extend session={session} />
      </div>
    </div>
  );
}

/** One click, one extension; the button says how much. */
export function Extend({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const { data: known } = useQuery(sessionQuery);
  const extend = useMutation({
    mutationFn: () => extendSession(session),
    onSuccess: async (now) => {
      client.setQueryData(sessionOneQuery(session.id).queryKey, now);
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  // It takes its owner's core hours: nobody else's matter.
  if (known?.account?.id !== session.owner_id) return null;
  if (session.extend === null) {
    return session.status === "running" ? <span className="quiet small">{t("sessionTime.noMore")}</span> : null;
  }
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconClockPlus size={16} aria-hidden="true" />}
        title={t("sessionTime.until", { time: format.time(session.extend.until) })}
        loading={extend.isPending}
        onClick={() => extend.mutate()}
      >
        {t("sessionTime.extend", { time: format.duration(session.extend.minutes * 60) })}
      </Button>
      {extend.isError && <ReasonCard title={t("sessionTime.notExtended")} error={extend.error} />}
    </>
  );
}

function CoreHours({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const now = useNow();
  const used = coreHoursSoFar(session, now);
  const reserved = Number(session.core_hours_reserved);
  const label = t("sessionTime.hours");
  if (reserved === 0) return null;
  const words = t("meter.usedOf", { used: format.number(used, 2), allowed: format.number(reserved, 2) });
  return (
    <div className={classes.hours}>
      <span className={classes.hoursTop}>
        <span className="quiet small">{label}</span>
        <span className="tabular small">{words}</span>
      </span>
      <MeterBar label={label} words={words} used={Math.min(used, reserved)} allowed={reserved} warnAt={null} />
    </div>
  );
}
