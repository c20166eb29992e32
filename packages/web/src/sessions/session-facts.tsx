import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import rows from "../pieces/rows.module.css";
import { Timeline } from "../pieces/timeline.tsx";
import { Elapsed, When } from "../pieces/when.tsx";
import { tellIn } from "./told.ts";
import { WorkspaceOf } from "./workspace-of.tsx";

/** Where and when, and every step that led here. */
export function SessionFacts({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    <>
      <Section title={t("common.details")}>
        <dl className={rows.facts}>
          <dt>{t("sessions.workspace")}</dt>
          <dd>
            <WorkspaceOf session={session} />
          </dd>
          <dt>{t("sessions.started")}</dt>
          <dd>
            <When at={session.started_at ?? session.created_at} />
          </dd>
          {session.ready_at !== null && (
            <>
              <dt>{t("sessions.readyAfter")}</dt>
              <dd>
                <Elapsed start={session.created_at} end={session.ready_at} />
              </dd>
            </>
          )}
          <dt>{t("sessions.duration")}</dt>
          <dd>
            <Elapsed start={session.started_at ?? session.created_at} end={session.ended_at} />
          </dd>
          {session.status === "failed" && session.exit_signal !== null && (
            <>
              <dt>{t("sessions.exitSignal")}</dt>
              <dd>
                <bdi className="mono">{session.exit_signal}</bdi>
              </dd>
            </>
          )}
          {session.exit_status !== null && (
            <>
              <dt>{t("sessions.exitStatus")}</dt>
              <dd className="tabular">{format.number(session.exit_status)}</dd>
            </>
          )}
        </dl>
      </Section>
      <Section title={t("sessions.steps")}>
        {session.steps.length === 0 ? (
          <p className="quiet">{t(session.ended_at === null ? "sessions.noSteps" : "operations.noSteps")}</p>
        ) : (
          <Timeline
            label={t("sessions.steps")}
            steps={session.steps.map((step) => ({
              at: step.at,
              text: tellIn(t, step),
              translated: step.code !== null,
            }))}
            running={session.status === "pending" || session.status === "stopping"}
            failed={session.status === "failed"}
          />
        )}
      </Section>
    </>
  );
}
