import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { shownError } from "../api/query-trouble.ts";
import { isLive, sessionsQuery } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { Empty } from "../pieces/empty.tsx";
import { Page, Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { OwnCoreHours } from "./core-hours/own-core-hours.tsx";
import { SessionRow } from "./session-row.tsx";
import { SharedWithMe } from "./viewers/shared-with-me.tsx";

export function SessionsPage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const [all, setAll] = useState(false);
  const sessions = useInfiniteQuery(sessionsQuery(all ? { all: true } : {}));
  const items = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t("sessions.title")} aside={<OwnCoreHours />}>
      {known?.account?.is_admin && (
        <div className={rows.filters}>
          <NativeSelect
            aria-label={t("sessions.whose")}
            value={all ? "all" : "mine"}
            onChange={(event) => setAll(event.currentTarget.value === "all")}
            data={[
              { value: "mine", label: t("sessions.mine") },
              { value: "all", label: t("sessions.everyones") },
            ]}
          />
        </div>
      )}
      {sessions.isPending && <RowsLoading rows={6} />}
      {shownError(sessions) !== null && <ReasonCard error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.data && items.length === 0 && (
        <Empty
          title={t("sessions.empty")}
          text={t("sessions.emptyText")}
          action={<Link to="/">{t("sessions.startOne")}</Link>}
        />
      )}
      <Group title={t("sessions.running")} sessions={items.filter(isLive)} />
      {!all && <SharedWithMe />}
      <Group title={t("sessions.earlier")} sessions={items.filter((one) => !isLive(one))} />
      {sessions.hasNextPage && (
        <Button variant="subtle" loading={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function Group({ title, sessions }: { title: string; sessions: readonly Session[] }) {
  if (sessions.length === 0) return null;
  return (
    <Section title={title}>
      <ul className={rows.rows}>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
    </Section>
  );
}
