import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { isLive } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { Elapsed, When } from "../pieces/when.tsx";
import { nameOfPerson } from "../workspaces/sharing/share-row.tsx";
import { secondsLeft, shownState } from "./session-time.ts";
import { stopTold, tellIn } from "./told.ts";
import { useIsOwn } from "./use-is-own.ts";

/** One session in a list: what, where, in which state, for how long. */
export function SessionRow({ session, within = false }: { session: Session; within?: boolean }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { nameOf, iconOf } = useJobTypes();
  const TypeIcon = iconOf(session.job_type);
  const type = nameOf(session.job_type);
  const isOwn = useIsOwn(session);
  return (
    <li className={rows.row}>
      <TypeIcon size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <Link to="/sessions/$sessionId" params={{ sessionId: String(session.id) }} className={rows.link}>
          {within ? type : t("sessions.named", { type, workspace: session.workspace.name })}
        </Link>
        <span className={rows.under}>
          {t("sessions.number", { id: format.id(session.id) })}
          {!isOwn && ` · ${t("viewers.of", { name: nameOfPerson(session.owner) })}`}
          {" · "}
          {isLive(session) ? (
            <>
              <Elapsed start={session.started_at ?? session.created_at} end={null} />
              <Left session={session} />
            </>
          ) : (
            <>
              <When at={session.ended_at ?? session.created_at} />
              {!within && <Why session={session} />}
            </>
          )}
        </span>
      </div>
      <div className={rows.end}>
        <span className={rows.state}>
          <StateChip domain="session" state={shownState(session)} />
        </span>
      </div>
    </li>
  );
}

/** Why it ended; that a program came to its end by itself is what its state says already. */
function Why({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const { reason_told: told } = session;
  if (told === null || told.code === "ended") return null;
  return ` · ${stopTold(t, told, known?.account?.username) ?? tellIn(t, told)}`;
}

/** How long still. */
function Left({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const left = secondsLeft(session, useNow());
  return left === null ? null : ` · ${t("sessions.left", { time: format.duration(left) })}`;
}
