import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { shownError } from "../api/query-trouble.ts";
import { isLive, sessionsQuery, sessionTypesQuery } from "../api/sessions.ts";
import { workspacesQuery } from "../api/workspaces.ts";
import { Meter } from "../pieces/meter.tsx";
import { Page, Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { startRefusal } from "../pieces/start-refusal.ts";
import { SessionRow } from "../sessions/session-row.tsx";
import { WorkspaceRow } from "../workspaces/workspace-row.tsx";
import { Happened } from "./happened.tsx";
import { Invitation } from "./invitation.tsx";
import { Jupyter } from "./jupyter.tsx";
import { Offers } from "./offers.tsx";
import { OwnStorage } from "./own-storage.tsx";
import { StartHere } from "./start-here.tsx";

/** What of mine is running, how much room I use, what happened, and a start. */
export function HomePage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const account = known?.account;
  const name = account?.full_name || account?.username;
  return (
    <Page
      title={name ? t("home.title", { name }) : t("home.titlePlain")}
      aside={
        <>
          <OwnStorage />
          <Room />
          <Happened />
        </>
      }
    >
      <Invitation />
      <Offers />
      <Jupyter />
      <Running />
      <StartHere />
      <LastWorkspaces />
    </Page>
  );
}

function Running() {
  const { t } = useTranslation();
  const sessions = useInfiniteQuery(sessionsQuery({ live: true }));
  const { data: types } = useQuery(sessionTypesQuery);
  const nothing = startRefusal(types) === null ? t("home.nothingRunning") : t("home.nothingRunningYet");
  const running = sessions.data?.pages.flatMap((page) => page.items).filter(isLive) ?? [];
  return (
    <Section title={t("home.running")} tour="running">
      {sessions.isPending && <RowsLoading rows={2} />}
      {shownError(sessions) !== null && <ReasonCard error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.data && running.length === 0 && <p className="quiet">{nothing}</p>}
      <ul className={rows.rows}>
        {running.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
    </Section>
  );
}

function LastWorkspaces() {
  const { t } = useTranslation();
  const workspaces = useQuery(workspacesQuery);
  return (
    <Section title={t("home.workspaces")} action={<Link to="/workspaces">{t("home.allWorkspaces")}</Link>}>
      {workspaces.isPending && <RowsLoading rows={3} />}
      {shownError(workspaces) !== null && (
        <ReasonCard error={workspaces.error} onRetry={() => void workspaces.refetch()} />
      )}
      {workspaces.data && workspaces.data.length === 0 && <p className="quiet">{t("home.noWorkspaces")}</p>}
      <ul className={rows.rows}>
        {workspaces.data?.slice(0, 4).map((workspace) => (
          <WorkspaceRow key={workspace.id} workspace={workspace} />
        ))}
      </ul>
    </Section>
  );
}

/** As high as the figure that comes, so that what is below it stays. */
function RoomLoading() {
  const { t } = useTranslation();
  return (
    <Section title={t("home.room")}>
      <RowsLoading rows={1} />
    </Section>
  );
}

function Room() {
  const { t } = useTranslation();
  const workspaces = useQuery(workspacesQuery);
  if (!workspaces.data) return workspaces.isPending && <RoomLoading />;
  const used = workspaces.data.reduce((sum, workspace) => sum + workspace.disk_space, 0);
  return (
    <Section title={t("home.room")}>
      <Meter label={t("workspaces.count", { count: workspaces.data.length })} used={used} allowed={null} />
    </Section>
  );
}
