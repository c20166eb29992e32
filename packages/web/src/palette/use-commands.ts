import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionOneQuery, sessionTypesQuery, startSession } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { workspacesQuery } from "../api/workspaces.ts";
import { IconCopy, IconPlayerStop } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { may } from "../pieces/may.ts";
import { lastOptions, rememberOptions } from "../pieces/quick-start-memory.ts";
import type { Entry } from "./entry.ts";
import { fold, tokensOf } from "./matching.ts";

/** So many workspaces are offered for a start: those that the words name, else those used last. */
const mostPlaces = 8;

/** Start in a workspace, stop a session, copy an id: one command for each thing that it can be done to. */
export function useThingCommands(
  typed: string,
  sessions: readonly Session[],
  stop: (session: Session) => void,
): Entry[] {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { nameOf, iconOf } = useJobTypes();
  const { data: types = [] } = useQuery(sessionTypesQuery);
  const { data: workspaces = [] } = useQuery(workspacesQuery);
  const tokens = tokensOf(typed);
  if (tokens.length === 0) return [];
  const named = workspaces.filter(({ name }) => tokens.some((token) => fold(name).includes(token)));
  const places = (named.length > 0 ? named : workspaces)
    .filter(({ status }) => may("workspace.start", status))
    .slice(0, mostPlaces);

  const start = async (workspaceId: number, type: string, close: () => void) => {
    const options = lastOptions(workspaceId, type);
    const session = await startSession(workspaceId, type, options);
    rememberOptions(workspaceId, type, options);
    client.setQueryData(sessionOneQuery(session.id).queryKey, session);
    close();
    await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(session.id) } });
    await client.invalidateQueries({ queryKey: ["sessions"] });
  };
  const starts = types
    .filter(({ refused }) => refused === null)
    .flatMap((type) =>
      places.map(
        (place): Entry => ({
          id: `start:${type.id}:${place.id}`,
          group: "commands",
          icon: iconOf(type.id),
          name: t("palette.start", { program: nameOf(type.id), workspace: place.name }),
          also: type.id,
          run: (close) => start(place.id, type.id, close),
        }),
      ),
    );
  const stops = sessions
    .filter(({ status }) => may("session.stop", status))
    .map(
      (session): Entry => ({
        id: `stop:${session.id}`,
        group: "commands",
        icon: IconPlayerStop,
        name: t("palette.stop", { program: nameOf(session.job_type), workspace: session.workspace.name }),
        run: () => stop(session),
      }),
    );
  const copies = [
    ...places.map(({ id, name }) => ({ kind: "workspace", id, name })),
    ...sessions.slice(0, mostPlaces).map((one) => ({
      kind: "session",
      id: one.id,
      name: t("sessions.named", { type: nameOf(one.job_type), workspace: one.workspace.name }),
    })),
  ].map(
    ({ kind, id, name }): Entry => ({
      id: `copy:${kind}:${id}`,
      group: "commands",
      icon: IconCopy,
      name: t("palette.copyId", { name }),
      under: String(id),
      run: () => navigator.clipboard.writeText(String(id)),
    }),
  );
  return [...starts, ...stops, ...copies];
}
