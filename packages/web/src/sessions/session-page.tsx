import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Fragment, lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ForOperators } from "../admin/for-operators.tsx";
import { asApiError } from "../api/api-error.ts";
import { replacingError } from "../api/query-trouble.ts";
import { isLive, sessionOneQuery } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { useJobTypes } from "../pieces/job-types.ts";
import { may } from "../pieces/may.ts";
import { Page } from "../pieces/page.tsx";
import { nameOfPerson } from "../pieces/person-name.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { lookOf } from "../pieces/states.ts";
import { Ended } from "./ended.tsx";
import { KeptApart } from "./kept-apart.tsx";
import { Preparing } from "./preparing.tsx";
import { ProgramDoor } from "./program-door.tsx";
import { SessionActions } from "./session-actions.tsx";
import { SessionFacts } from "./session-facts.tsx";
import classes from "./session-page.module.css";
import { stageOf } from "./session-time.ts";
import { SoonStopped } from "./soon-stopped.tsx";
import { folderGoneOf } from "./start-again.ts";
import { TimeLeft } from "./time-left.tsx";
import { useIsOwn } from "./use-is-own.ts";
import { useShownState } from "./use-shown-state.ts";
import { Viewers } from "./viewers/viewers.tsx";
import { WorkspaceOf } from "./workspace-of.tsx";

const TerminalTabs = lazy(() => import("./terminal/terminal-tabs.tsx"));
const SessionLog = lazy(() => import("./log/session-log.tsx"));
const route = getRouteApi("/signed-in/sessions/$sessionId");

export function SessionPage() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { sessionId } = route.useParams();
  const session = useQuery({
    ...sessionOneQuery(Number(sessionId)),
    // Events keep it fresh; this is for the time when they can't, and for the figures that grow.
    refetchInterval: ({ state }) =>
      state.data && isLive(state.data) ? (state.data.status === "running" ? 30_000 : 3_000) : false,
  });
  const above = <Link to="/sessions">{t("sessions.title")}</Link>;
  if (session.isPending) {
    return (
      <Page title={t("sessions.name", { id: format.id(sessionId) })} above={above}>
        <RowsLoading rows={1} height={420} />
      </Page>
    );
  }
  const trouble = replacingError(session);
  if (trouble !== null || session.data === undefined) {
    const missing = asApiError(trouble).status === 404;
    return (
      <Page title={missing ? t("sessions.notFound") : t("sessions.name", { id: format.id(sessionId) })}>
        {missing ? (
          <Empty text={t("sessions.notFoundText")} action={above} />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void session.refetch()} />
        )}
      </Page>
    );
  }
  // Terminals of one workspace stay on the page while one changes between them.
  const place = session.data.has_terminal ? `terminals-${session.data.workspace.id}` : session.data.id;
  return <Loaded key={place} session={session.data} />;
}

/** Is it ready, and if not why; the terminal while it runs, its output afterwards. */
function Loaded({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { nameOf } = useJobTypes();
  const search = route.useSearch();
  const isOwn = useIsOwn(session);
  const state = useShownState(session);
  return (
    <Page
      title={nameOf(session.job_type)}
      above={
        <>
          {search.from === "all" && (
            <>
              <Link to="/admin/sessions">{t("adminSessions.title")}</Link>
              {" · "}
            </>
          )}
          <WorkspaceOf session={session} />
          {" · "}
          {t("sessions.number", { id: format.id(session.id) })}
          {!isOwn && " · "}
          {!isOwn && (
            <Link to="/people/$personId" params={{ personId: String(session.owner_id) }}>
              {t("viewers.of", { name: nameOfPerson(session.owner) })}
            </Link>
          )}
        </>
      }
      beside={<StateChip domain="session" state={state} since={session.ended_at ?? session.started_at} />}
      action={<SessionActions key={session.id} session={session} />}
      aside={
        <Fragment key={session.id}>
          <TimeLeft session={session} />
          <Viewers session={session} />
          <KeptApart session={session} />
          <SessionFacts session={session} />
        </Fragment>
      }
    >
      {/* There from the beginning, so that each change is read aloud. */}
      <p role="status" className="visually-hidden">
        {t(`states.${lookOf("session", state)?.word}`)}
      </p>
      <FolderGone sessionId={session.id} />
      <SoonStopped key={session.id} session={session} />
      <ForOperators key={`operators-${session.id}`} session={session} />
      {!isLive(session) && <Ended key={session.id} session={session} />}
      <Suspense fallback={<RowsLoading rows={1} height={420} />}>
        {isOwn ? <Screen session={session} /> : <FromOutside session={session} />}
      </Suspense>
    </Page>
  );
}

/** It was to start where another one had, and could not. */
function FolderGone({ sessionId }: { sessionId: number }) {
  const { t } = useTranslation();
  const folder = folderGoneOf(useQueryClient(), sessionId);
  if (folder === null) return null;
  return (
    <p role="status" className="quiet">
      {t("sessions.folderGone", { folder })}
    </p>
  );
}

/** Its terminal among the workspace's others, its program's door, or what it printed. */
function Screen({ session }: { session: Session }) {
  if (session.has_terminal) return <TerminalTabs session={session} instead={insteadOfTerminal} />;
  const atDoor = session.opens === "program" && session.status === "running";
  if (session.status === "pending" || (atDoor && !session.ready)) return <OnItsWay session={session} />;
  if (atDoor) return <ProgramDoor session={session} />;
  return <SessionLog key={session.status} sessionId={session.id} live={isLive(session)} />;
}

/** A terminal is there from the first moment on (its socket waits for the start), unless something is made for it. */
function insteadOfTerminal(session: Session): ReactNode | null {
  if (session.preparing !== null) return <OnItsWay session={session} />;
  return may("session.attach", session.status) ? null : <SessionLog sessionId={session.id} live={false} />;
}

/** How far it is, and, as soon as something is made for it or its program starts, what that prints. */
function OnItsWay({ session }: { session: Session }) {
  return (
    <>
      <Preparing session={session} />
      {stageOf(session) !== "asked" && (
        <div className={classes.below}>
          <SessionLog sessionId={session.id} live />
        </div>
      )}
    </>
  );
}

/** For administrators: what somebody else's shows and prints is its owner's alone. */
function FromOutside({ session }: { session: Session }) {
  const { t } = useTranslation();
  if (session.status === "pending") return <Preparing session={session} />;
  return <p className="quiet">{t("sessions.ownersAlone", { name: nameOfPerson(session.owner) })}</p>;
}
