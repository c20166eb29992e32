import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import type { Group } from "../api/groups.ts";
import { sessionsQuery } from "../api/sessions.ts";
import type { Me, Page, Person, Session } from "../api/types.ts";
import { workspacesQuery } from "../api/workspaces.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconFolder, IconUser, IconUsersGroup } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { lookOf } from "../pieces/states.ts";
import { shownState } from "../sessions/session-time.ts";
import type { Entry } from "./entry.ts";

/** Milliseconds without a key before the server is asked. */
const typingPauseMs = 200;

const found = <T>(what: "sessions" | "groups" | "people", query: Readonly<Record<string, string>>) =>
  queryOptions({
    queryKey: [what, "palette", query],
    queryFn: ({ signal }) => call<Page<T>>("GET", `/api/stoa/v1/${what}`, { query: { ...query, limit: 20 }, signal }),
    placeholderData: keepPreviousData,
  });

interface Things {
  readonly entries: readonly Entry[];
  readonly sessions: readonly Session[];
  /** The server has not told yet what it knows of the query. */
  readonly asking: boolean;
}

/** What somebody may find by name: theirs from what is known already, the many by asking the server. */
export function useThings(account: Me, typed: string): Things {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { nameOf, iconOf } = useJobTypes();
  const [search] = useDebouncedValue(typed.trim(), typingPauseMs);
  const workspaces = useQuery(workspacesQuery);
  const sessions = useQuery(found<Session>("sessions", { search }));
  // What runs can be stopped, whatever else was typed.
  const live = useInfiniteQuery(sessionsQuery({ live: true }));
  const groups = useQuery(found<Group>("groups", { which: account.is_admin ? "all" : "own", search }));
  const people = useQuery({ ...found<Person>("people", { search }), enabled: account.is_admin && search.length > 1 });
  const sessionEntries = sessions.data?.items.map((one): Entry => {
    const look = lookOf("session", shownState(one));
    return {
      id: `session:${one.id}`,
      group: "sessions",
      icon: iconOf(one.job_type),
      name: t("sessions.named", { type: nameOf(one.job_type), workspace: one.workspace.name }),
      under: `${t("sessions.number", { id: format.id(one.id) })} · ${look ? t(`states.${look.word}`) : one.status}`,
      // The server found it, by whatever; its number may be written in either digits.
      also: `${one.id} ${search}`,
      asked: true,
      path: `/sessions/${one.id}`,
    };
  });
  const workspaceEntries = workspaces.data?.map(
    ({ id, name, description }): Entry => ({
      id: `workspace:${id}`,
      group: "workspaces",
      icon: IconFolder,
      name,
      under: description.split("\n")[0] || undefined,
      also: String(id),
      asked: true,
      path: `/workspaces/${id}`,
    }),
  );
  const groupEntries = groups.data?.items.map(
    ({ id, name, description }): Entry => ({
      id: `group:${id}`,
      group: "groups",
      icon: IconUsersGroup,
      name,
      under: description || undefined,
      also: search,
      asked: true,
      path: `/groups/${id}`,
    }),
  );
  const peopleEntries = people.data?.items.map(
    ({ id, username, full_name, email }): Entry => ({
      id: `person:${id}`,
      group: "people",
      icon: IconUser,
      name: full_name || username,
      under: `${username} · ${email}`,
      also: search,
      asked: true,
      path: `/people/${id}`,
    }),
  );
  return {
    entries: [workspaceEntries, sessionEntries, groupEntries, peopleEntries].flatMap((list) => list ?? []),
    sessions: [
      ...new Map(
        [...(live.data?.pages.flatMap(({ items }) => items) ?? []), ...(sessions.data?.items ?? [])].map((one) => [
          one.id,
          one,
        ]),
      ).values(),
    ],
    asking: search !== typed.trim() || sessions.isFetching || groups.isFetching || people.isFetching,
  };
}
