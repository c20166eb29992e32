import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { newestEndedQuery } from "../api/session-history.ts";
import { isLive, sessionsQuery } from "../api/sessions.ts";
import { Empty } from "../pieces/empty.tsx";
import { Page, Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { OwnCoreHours } from "./core-hours/own-core-hours.tsx";
import { History } from "./history/history.tsx";
import { LiveSessions } from "./live/live-sessions.tsx";
import { SharedWithMe } from "./viewers/shared-with-me.tsx";

/** What of mine runs, what others let me into, and what ran. */
export function SessionsPage() {
  const { t } = useTranslation();
  const live = useInfiniteQuery(sessionsQuery({ live: true }));
  const ended = useQuery(newestEndedQuery({}));
  const running = live.data?.pages.flatMap((page) => page.items).filter(isLive);
  const none = running?.length === 0 && ended.data?.items.length === 0;
  const isKnown = running !== undefined && ended.data !== undefined;
  return (
    <Page title={t("sessions.title")} aside={<OwnCoreHours />}>
      {live.isPending && <RowsLoading rows={1} height={150} />}
      {shownError(live) !== null && (
        <Section title={t("sessions.running")}>
          <ReasonCard error={live.error} onRetry={() => void live.refetch()} />
        </Section>
      )}
      {none && (
        <Empty
          title={t("sessions.empty")}
          text={t("sessions.emptyText")}
          action={<Link to="/">{t("sessions.startOne")}</Link>}
        />
      )}
      {running && <LiveSessions sessions={running} />}
      <SharedWithMe />
      {!isKnown && ended.isPending && <RowsLoading rows={4} height={82} />}
      {!none && (isKnown || ended.isError) && <History />}
    </Page>
  );
}
