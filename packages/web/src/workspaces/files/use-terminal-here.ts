import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionOneQuery, sessionTypesQuery, startSession } from "../../api/sessions.ts";
import type { Workspace } from "../../api/types.ts";
import { may } from "../../pieces/may.ts";
import { lastOptions } from "../../pieces/quick-start-memory.ts";
import { refusalIn } from "../../pieces/start-refusal.ts";

const terminal = "terminal";

/** A terminal that starts in a folder of the workspace, with the options chosen last; it leads to it. */
export function useTerminalHere({ id, status }: Workspace) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: types } = useQuery(sessionTypesQuery);
  const type = types?.find((one) => one.id === terminal);
  const start = useMutation({
    mutationFn: (folder: string) => startSession(id, terminal, lastOptions(id, terminal), folder),
    onSuccess: async (session) => {
      client.setQueryData(sessionOneQuery(session.id).queryKey, session);
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(session.id) } });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const refused = may("workspace.start", status) ? type && refusalIn(t, type) : t(`states.${status}`);
  return {
    /** Null: there are none to start here. */
    open: refused === null && !start.isPending ? (folder: string) => start.mutate(folder) : null,
    /** Why not; null: it can, or is about to. */
    refused: refused ?? null,
    pending: start.isPending,
    error: start.error,
  };
}
