import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconCircleCheck, IconCircleX } from "../pieces/icons.ts";
import { Elapsed } from "../pieces/when.tsx";
import { Again } from "./again.tsx";
import classes from "./session-page.module.css";
import { adviceFor, tellEnd } from "./told.ts";
import { useIsOwn } from "./use-is-own.ts";
import { useOwnName } from "./use-own-name.ts";

/** Why it ended, in words; what to do about it; what it took; and the same once more. */
export function Ended({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const isOwn = useIsOwn(session);
  const username = useOwnName();
  const failed = session.status === "failed";
  const Picture = failed ? IconCircleX : IconCircleCheck;
  const advice = isOwn ? adviceFor(session.reason_told) : null;
  return (
    <section className={classes.ended} data-failed={failed || undefined} aria-label={t("sessions.how")}>
      <Picture size={26} stroke={1.75} aria-hidden="true" />
      <div>
        <strong dir={session.reason_told?.code === null ? "auto" : undefined}>
          {tellEnd(t, session.reason_told, username) ?? t("sessionTold.ended")}
        </strong>
        {advice !== null && <span>{t(`advice.${advice}`)}</span>}
        <span className="quiet small">
          {session.started_at !== null && (
            <>
              <Elapsed start={session.started_at} end={session.ended_at} />
              {" · "}
            </>
          )}
          {t("sessionTime.took", { hours: format.number(Number(session.core_hours), 3) })}
        </span>
      </div>
      {isOwn && <Again session={session} />}
    </section>
  );
}
