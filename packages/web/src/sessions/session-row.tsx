import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { isLive } from "../api/sessions.ts";
import type { Me, Session } from "../api/types.ts";
import type { Format } from "../locales/format.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { type JobTypes, useJobTypes } from "../pieces/job-types.ts";
import { nameOfPerson } from "../pieces/person-name.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { Elapsed, When } from "../pieces/when.tsx";
import { SessionLink } from "./session-link.tsx";
import { secondsLeft, shownState } from "./session-time.ts";
import { tellEnd } from "./told.ts";

/** What all rows of a list share: asked for once, not by each of ten thousand. */
export interface RowContext {
  readonly t: TFunction;
  readonly format: Format;
  readonly types: JobTypes;
  /** What runs, and where, in words that were put together once for all sessions alike. */
  nameOf(session: Session): string;
  /** Whoever reads. */
  readonly me: Pick<Me, "id" | "username"> | null;
}

/** The same object while nothing of it changes. */
export function useRowContext(): RowContext {
  const { t } = useTranslation();
  const { format } = useLocale();
  const types = useJobTypes();
  const me = useQuery(sessionQuery).data?.account ?? null;
  return useMemo(() => ({ t, format, types, nameOf: namer(t, types), me }), [t, format, types, me]);
}

function namer(t: TFunction, types: JobTypes): RowContext["nameOf"] {
  const known = new Map<string, string>();
  return ({ job_type, workspace }) => {
    const key = `${job_type} ${workspace.name}`;
    const name = known.get(key) ?? t("sessions.named", { type: types.nameOf(job_type), workspace: workspace.name });
    known.set(key, name);
    return name;
  };
}

interface SessionRowProps {
  readonly session: Session;
  /** On its workspace's page, which needn't be named. */
  readonly within?: boolean;
}

/** One session in a list: what, where, in which state, for how long. */
export function SessionRow(props: SessionRowProps) {
  const context = useRowContext();
  return (
    <li className={rows.row}>
      <Inside {...props} context={context} />
    </li>
  );
}

interface SessionLineProps extends SessionRowProps {
  readonly context: RowContext;
}

/** The same, where the list item is somebody else's. */
export function SessionLine(props: SessionLineProps) {
  return (
    <div className={rows.row}>
      <Inside {...props} />
    </div>
  );
}

function Inside({ session, within = false, context }: SessionLineProps) {
  const { types } = context;
  const TypeIcon = types.iconOf(session.job_type);
  return (
    <>
      <TypeIcon size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <SessionLink id={session.id} className={rows.link}>
          {within ? types.nameOf(session.job_type) : context.nameOf(session)}
        </SessionLink>
        <Under session={session} context={context} />
        {!isLive(session) && !within && <Why session={session} context={context} />}
      </div>
      <div className={rows.end}>
        <span className={within ? undefined : rows.state}>
          <StateChip domain="session" state={shownState(session)} />
        </span>
      </div>
    </>
  );
}

/** Its number, whose it is, and when. */
function Under({ session, context: { t, format, me } }: { session: Session; context: RowContext }) {
  return (
    <span className={`${rows.under} ${rows.parts}`}>
      <span>{t("sessions.number", { id: format.id(session.id) })}</span>
      {me?.id !== session.owner_id && <span>{t("viewers.of", { name: nameOfPerson(session.owner) })}</span>}
      {isLive(session) ? (
        <>
          <span>
            <Elapsed start={session.started_at ?? session.created_at} end={null} />
          </span>
          <Left session={session} />
        </>
      ) : (
        <span>
          <When at={session.ended_at ?? session.created_at} />
        </span>
      )}
    </span>
  );
}

/** Why it ended; that a program came to its end by itself is what its state says already. */
function Why({ session, context: { t, me } }: { session: Session; context: RowContext }) {
  const why = session.reason_told?.code === "ended" ? null : tellEnd(t, session.reason_told, me?.username);
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
  return left === null ? null : <span>{t("sessions.left", { time: format.duration(left) })}</span>;
}
