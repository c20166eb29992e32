import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type AdminSession,
  type AdminSessionFilter,
  adminSessionsQuery,
  mostStopped,
  newestAdminSessions,
  type StoppedMany,
} from "../api/admin-sessions.ts";
import { Empty } from "../pieces/empty.tsx";
import { useFreshRows } from "../pieces/fresh-rows.ts";
import { LongList } from "../pieces/long-list.tsx";
import { Page } from "../pieces/page.tsx";
import { useSince } from "../pieces/since-select.tsx";
import { AdminSessionRow } from "./admin-session-row.tsx";
import { SessionFilters, type SessionSearch } from "./session-filters.tsx";
import classes from "./sessions.module.css";
import { StopMany, StoppedNote } from "./stop-many.tsx";

const route = getRouteApi("/signed-in/admin/admin/sessions");
const keyOf = (session: AdminSession) => session.id;

/** Everybody's sessions, live and ended: find the one that is meant, stop many, see what hangs. */
export function AdminSessionsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/admin/sessions" });
  const filter = useFilter(search);
  const sessions = useInfiniteQuery(adminSessionsQuery(filter));
  const newest = useQuery(newestAdminSessions(filter));
  const rows = useFreshRows(sessions.data, newest.data);
  const { chosen, choose, clear } = useChosen();
  const [stopped, setStopped] = useState<StoppedMany | null>(null);
  const client = useQueryClient();
  const show = useCallback(
    (session: AdminSession) => (
      <AdminSessionRow session={session} isChosen={chosen.has(session.id)} onChoose={choose} />
    ),
    [chosen, choose],
  );
  const isFiltered = Object.keys(search).length > 0;
  const onStopped = async (answer: StoppedMany) => {
    setStopped(answer);
    clear();
    await client.invalidateQueries({ queryKey: ["sessions"] });
  };
  return (
    <Page title={t("adminSessions.title")}>
      <SessionFilters
        search={search}
        onChange={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
      <StoppedNote answer={stopped} rows={rows} />
      {chosen.size === 0 && <ChooseAll rows={rows} onChoose={choose} />}
      {chosen.size > 0 && (
        <section className={classes.chosen} aria-label={t("adminSessions.chosen", { count: chosen.size })}>
          <strong className="tabular">{t("adminSessions.chosen", { count: chosen.size })}</strong>
          {chosen.size > mostStopped && (
            <span className="quiet">{t("adminSessions.most", { count: mostStopped })}</span>
          )}
          <StopMany sessions={[...chosen.values()]} onStopped={onStopped} />
          <Button variant="subtle" onClick={clear}>
            {t("adminSessions.unchoose")}
          </Button>
        </section>
      )}
      <LongList
        label={t("adminSessions.list")}
        query={sessions}
        rows={rows}
        keyOf={keyOf}
        rowHeight={61}
        lines
        empty={
          <Empty
            title={t(isFiltered ? "adminSessions.empty" : "adminSessions.none")}
            text={t(isFiltered ? "adminSessions.emptyText" : "adminSessions.noneText")}
            action={
              isFiltered && (
                <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                  {t("adminSessions.clear")}
                </Button>
              )
            }
          />
        }
      >
        {show}
      </LongList>
    </Page>
  );
}

/** All that are listed and can be stopped, as many as one call stops. */
function ChooseAll({ rows, onChoose }: { rows: readonly AdminSession[]; onChoose: ChosenSessions["choose"] }) {
  const { t } = useTranslation();
  const stoppable = rows.filter(({ can_stop }) => can_stop).slice(0, mostStopped);
  if (stoppable.length < 2) return null;
  const chooseThem = () => {
    for (const one of stoppable) onChoose(one, true);
  };
  return (
    <Button variant="subtle" className={classes.all} onClick={() => chooseThem()}>
      {t("adminSessions.chooseAll", { count: stoppable.length })}
    </Button>
  );
}

/** What the address asks for, as the server takes it. */
function useFilter({ person, state, program, host, since, hanging }: SessionSearch): AdminSessionFilter {
  const moment = useSince(since);
  return {
    ...(person ? { person } : {}),
    ...(state ? { state } : {}),
    ...(program ? { job_type: program } : {}),
    ...(host ? { node: host } : {}),
    ...(moment ? { since: moment } : {}),
    ...(hanging ? { hanging: true } : {}),
  };
}

interface ChosenSessions {
  readonly chosen: ReadonlyMap<number, AdminSession>;
  choose(session: AdminSession, isChosen: boolean): void;
  clear(): void;
}

/** Those that were selected, as they were then: who is hit can be named though their rows are out of view. */
function useChosen(): ChosenSessions {
  const [chosen, setChosen] = useState<ReadonlyMap<number, AdminSession>>(new Map());
  const choose = useCallback((session: AdminSession, isChosen: boolean) => {
    setChosen((before) => {
      const after = new Map(before);
      if (isChosen) after.set(session.id, session);
      else after.delete(session.id);
      return after;
    });
  }, []);
  const clear = useCallback(() => setChosen(new Map()), []);
  return { chosen, choose, clear };
}
