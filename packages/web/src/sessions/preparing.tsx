import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { Elapsed } from "../pieces/when.tsx";
import classes from "./session-page.module.css";
import { type Stage, stageOf, stages } from "./session-time.ts";
import { tellIn } from "./told.ts";

/** Milliseconds after its start from which a program that doesn't answer yet is no matter of course. */
const silentAfterMs = 60_000;

/** On its way to its first use: how far it is, and what is being made just now. */
export function Preparing({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { iconOf } = useJobTypes();
  const TypeIcon = iconOf(session.job_type);
  const now = stages.indexOf(stageOf(session));
  const told = session.preparing ?? session.reason_told ?? session.steps.at(-1);
  const silent = useNow() - Date.parse(session.started_at ?? "") > silentAfterMs;
  return (
    <div className={classes.waiting}>
      <TypeIcon size={44} stroke={1.25} aria-hidden="true" className={classes.picture} />
      <ol className={classes.stages} aria-label={t("preparing.stages")}>
        {stages.map((stage, at) => (
          <li
            key={stage}
            data-look={at < now ? "done" : at === now ? "now" : "later"}
            aria-current={at === now ? "step" : undefined}
          >
            <span>{t(`preparing.${stage}`)}</span>
            {reached(session, stage) !== null && at <= now && (
              <span className="quiet small tabular">{format.time(reached(session, stage) ?? "")}</span>
            )}
          </li>
        ))}
      </ol>
      <p role="status">{told ? tellIn(t, told) : t(session.has_terminal ? "sessions.waiting" : "preparing.waiting")}</p>
      {silent && <p role="status">{t("preparing.silent")}</p>}
      <p className="quiet small">
        <Elapsed start={session.created_at} end={null} />
      </p>
    </div>
  );
}

/** When it came there; null where nobody wrote that down. */
function reached({ created_at, started_at, ready_at }: Session, stage: Stage): string | null {
  return { asked: created_at, prepare: null, start: started_at, ready: ready_at }[stage];
}
