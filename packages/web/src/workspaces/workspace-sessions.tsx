import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { isLive, sessionsQuery } from "../api/sessions.ts";
import type { Workspace } from "../api/types.ts";
import { may } from "../pieces/may.ts";
import { Section } from "../pieces/page.tsx";
import { QuickStart } from "../pieces/quick-start.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { SessionRow } from "../sessions/session-row.tsx";

/** Sessions that ended, beside the files; all of them are on the page of sessions. */
const mostEnded = 3;

/** What runs in this workspace, what ran, and a start. */
export function WorkspaceSessions({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const sessions = useInfiniteQuery(sessionsQuery({ workspace_id: workspace.id }));
  const all = (sessions.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((one) => one.workspace.id === workspace.id);
  const live = all.filter(isLive);
  const ended = all.filter((one) => !isLive(one));
  return (
    <>
      <Section title={t("workspaces.sessions")}>
        {sessions.isPending && <RowsLoading rows={2} />}
        {shownError(sessions) !== null && <ReasonCard error={sessions.error} onRetry={() => void sessions.refetch()} />}
        {sessions.data && live.length === 0 && <p className="quiet">{t("workspaces.noSessions")}</p>}
        <ul className={rows.rows} style={{ marginBlockEnd: "0.75rem" }}>
          {live.map((session) => (
            <SessionRow key={session.id} session={session} within />
          ))}
        </ul>
        <QuickStart
          workspaceId={async () => workspace.id}
          known={workspace.id}
          unavailable={may("workspace.start", workspace.status) ? null : t(`states.${workspace.status}`)}
        />
      </Section>
      {ended.length > 0 && (
        <Section
          title={t("workspaces.history")}
          action={
            ended.length > mostEnded && (
              <Link to="/sessions" search={{ workspace: workspace.id }}>
                {t("workspaces.allSessions")}
              </Link>
            )
          }
        >
          <ul className={rows.rows}>
            {ended.slice(0, mostEnded).map((session) => (
              <SessionRow key={session.id} session={session} within />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
