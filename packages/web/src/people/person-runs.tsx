import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AdminSession, newestAdminSessions, stopMany } from "../api/admin-sessions.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { useJobTypes } from "../pieces/job-types.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { tellIn } from "../sessions/told.ts";

/** Ended ones shown here; the others are a list of their own. */
const LAST_ENDED = 5;

/** What of theirs runs, and can be stopped; how the last ones ended, and why. */
export function PersonRuns({ person }: { person: Person }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [stopping, setStopping] = useState<AdminSession | null>(null);
  const sessions = useQuery(newestAdminSessions({ person: String(person.id) }));
  const items = sessions.data?.items ?? [];
  const live = items.filter(({ ended_at }) => ended_at === null);
  const ended = items.filter(({ ended_at }) => ended_at !== null).slice(0, LAST_ENDED);
  const stop = useMutation({
    mutationFn: (id: number) => stopMany([id], ""),
    onSuccess: () => setStopping(null),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const all = (
    <Link to="/admin/sessions" search={{ person: person.username }} className="small">
      {t("person.allSessions")}
    </Link>
  );
  return (
    <Section title={t("person.sessions")} action={all}>
      {sessions.isPending && <RowsLoading rows={2} />}
      {shownError(sessions) !== null && <ReasonCard error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.data && items.length === 0 && <p className="quiet">{t("person.noSessions")}</p>}
      <ul className={rows.rows}>
        {[...live, ...ended].map((session) => (
          <Run key={session.id} session={session} onStop={() => setStopping(session)} />
        ))}
      </ul>
      <Confirm
        opened={stopping !== null}
        danger
        title={t("person.stopTitle", { id: stopping?.id ?? 0 })}
        text={t("person.stopText")}
        action={t("person.stop")}
        pending={stop.isPending}
        error={stop.error}
        onConfirm={() => stopping && stop.mutate(stopping.id)}
        onClose={() => setStopping(null)}
      />
    </Section>
  );
}

function Run({ session, onStop }: { session: AdminSession; onStop: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { nameOf } = useJobTypes();
  return (
    <li className={rows.row}>
      <div className={rows.main}>
        <Link to="/sessions/$sessionId" params={{ sessionId: String(session.id) }} className={rows.link}>
          {t("sessions.named", { type: nameOf(session.job_type), workspace: session.workspace.name })}
        </Link>
        <span className={rows.under}>
          {t("sessions.number", { id: format.id(session.id) })} · <When at={session.state_since} />
        </span>
        {session.reason_told && (
          <span className={`${rows.under} ${rows.wrapping}`}>{tellIn(t, session.reason_told)}</span>
        )}
      </div>
      <StateChip domain="session" state={session.status} />
      {session.can_stop && (
        <Button size="compact-sm" variant="default" className={rows.above} onClick={onStop}>
          {t("person.stop")}
        </Button>
      )}
    </li>
  );
}
