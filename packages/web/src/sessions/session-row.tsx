import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { isLive } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { nameOfPerson } from "../pieces/person-name.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { Elapsed, When } from "../pieces/when.tsx";
import { secondsLeft, shownState } from "./session-time.ts";
import { tellEnd } from "./told.ts";
import { useIsOwn } from "./use-is-own.ts";
import { useOwnName } from "./use-own-name.ts";

interface SessionRowProps {
  readonly session: Session;
  /** On its workspace's page, which needn't be named. */
  readonly within?: boolean;
}

/** One session in a list: what, where, in which state, for how long. */
export function SessionRow(props: SessionRowProps) {
  return (
    <li className={rows.row}>
      <Inside {...props} />
    </li>
  );
}

/** The same, where the list item is somebody else's. */
export function SessionLine(props: SessionRowProps) {
  return (
    <div className={rows.row}>
      <Inside {...props} />
    </div>
  );
}

function Inside({ session, within = false }: SessionRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { nameOf, iconOf } = useJobTypes();
  const TypeIcon = iconOf(session.job_type);
  const type = nameOf(session.job_type);
  const isOwn = useIsOwn(session);
  return (
    <>
      <TypeIcon size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <Link to="/sessions/$sessionId" params={{ sessionId: String(session.id) }} className={rows.link}>
          {within ? type : t("sessions.named", { type, workspace: session.workspace.name })}
        </Link>
        <span className={`${rows.under} ${rows.wrapping}`}>
          {t("sessions.number", { id: format.id(session.id) })}
          {!isOwn && ` · ${t("viewers.of", { name: nameOfPerson(session.owner) })}`}
          {" · "}
          {isLive(session) ? (
            <>
              <Elapsed start={session.started_at ?? session.created_at} end={null} />
              <Left session={session} />
            </>
          ) : (
            <When at={session.ended_at ?? session.created_at} />
          )}
        </span>
        {!isLive(session) && !within && <Why session={session} />}
      </div>
      <div className={rows.end}>
        <span className={rows.state}>
          <StateChip domain="session" state={shownState(session)} />
        </span>
      </div>
    </>
  );
}

/** Why it ended; that a program came to its end by itself is what its state says already. */
function Why({ session }: { session: Session }) {
  const { t } = useTranslation();
  const username = useOwnName();
  const why = session.reason_told?.code === "ended" ? null : tellEnd(t, session.reason_told, username);
  return why === null ? null : (
    <span className={`${rows.under} ${rows.wrapping}`} dir="auto">
      {why}
    </span>
  );
}

/** How long still. */
function Left({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const left = secondsLeft(session, useNow());
  return left === null ? null : ` · ${t("sessions.left", { time: format.duration(left) })}`;
}
