import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Session } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { useNow } from "../../pieces/clock.ts";
import { IconExternalLink, IconTerminal2 } from "../../pieces/icons.ts";
import { useJobTypes } from "../../pieces/job-types.ts";
import { MeterBar } from "../../pieces/meter.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { StateChip } from "../../pieces/state-chip.tsx";
import { Elapsed } from "../../pieces/when.tsx";
import { useOpenSession } from "../open-session.ts";
import { secondsLeft, shownState } from "../session-time.ts";
import { StopSession } from "../stop-session.tsx";
import { tellIn } from "../told.ts";
import classes from "./live.module.css";

/** One that runs: program, workspace, state, how long still, and the way in. The whole card leads to its page. */
export function LiveCard({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { nameOf, iconOf } = useJobTypes();
  const TypeIcon = iconOf(session.job_type);
  return (
    <li className={classes.card}>
      <div className={classes.top}>
        <TypeIcon size={26} stroke={1.5} aria-hidden="true" className={classes.picture} />
        <div className={classes.names}>
          <Link
            to="/sessions/$sessionId"
            params={{ sessionId: String(session.id) }}
            className={classes.link}
            aria-label={t("sessions.named", { type: nameOf(session.job_type), workspace: session.workspace.name })}
          >
            {nameOf(session.job_type)}
          </Link>
          <span className={classes.where}>
            <bdi>{session.workspace.name}</bdi>
          </span>
        </div>
        <StateChip domain="session" state={shownState(session)} />
      </div>
      <TimeLeft session={session} />
      <Way session={session} />
    </li>
  );
}

/** The time that it has, as a bar that fills; what it waits for while it has not begun. */
function TimeLeft({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const left = secondsLeft(session, useNow());
  const limit = session.resource.time_limit_seconds;
  if (session.status === "pending" || shownState(session) === "starting") {
    const told = session.preparing ?? session.reason_told ?? session.steps.at(-1);
    return <p className={classes.told}>{told ? tellIn(t, told) : t("preparing.waiting")}</p>;
  }
  const since = <Elapsed start={session.started_at ?? session.created_at} end={null} />;
  if (left === null || limit === null) return <p className={classes.told}>{since}</p>;
  const words = t("sessions.left", { time: format.duration(left) });
  return (
    <div className={classes.time}>
      <MeterBar label={t("sessions.timeLeft")} words={words} used={limit - left} allowed={limit} />
      <span className={classes.ends}>
        <span className="tabular">{words}</span>
        <span className="quiet">{since}</span>
      </span>
    </div>
  );
}

/** Into the program in a tab of its own, or to the terminal on its page. */
function Way({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  const open = useOpenSession(session.id);
  const opens = session.status === "running" && session.opens !== "nothing";
  const name = t("sessions.named", { type: nameOf(session.job_type), workspace: session.workspace.name });
  return (
    <div className={classes.way}>
      {!opens ? null : session.opens === "program" ? (
        <Button
          size="sm"
          leftSection={<IconExternalLink size={18} aria-hidden="true" />}
          title={t("common.newTab")}
          disabled={!session.ready}
          loading={open.isPending}
          onClick={() => open.mutate()}
        >
          {t("door.open", { name: nameOf(session.job_type) })}
        </Button>
      ) : (
        <Button
          size="sm"
          variant="light"
          leftSection={<IconTerminal2 size={18} aria-hidden="true" />}
          renderRoot={(props) => (
            <Link to="/sessions/$sessionId" params={{ sessionId: String(session.id) }} {...props} />
          )}
        >
          {t("door.open", { name: nameOf(session.job_type) })}
        </Button>
      )}
      <StopSession session={session} label={t("sessions.stopNamed", { name })} />
      {open.isError && <ReasonCard error={open.error} />}
    </div>
  );
}
