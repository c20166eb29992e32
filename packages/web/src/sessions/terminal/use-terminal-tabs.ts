import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { givenOptions, isLive, sessionOneQuery, sessionsQuery, stopSession } from "../../api/sessions.ts";
import type { Session } from "../../api/types.ts";
import { noteGone, startAgain } from "../start-again.ts";

/** The terminals that go on in one workspace, in the order of their starts, and the one in front whatever became of it. */
export function tabsOf(active: Session, live: readonly Session[]): readonly Session[] {
  const beside = live.filter(
    (one) =>
      one.id !== active.id &&
      one.workspace.id === active.workspace.id &&
      one.owner_id === active.owner_id &&
      one.has_terminal &&
      isLive(one),
  );
  return [...beside, active].toSorted((a, b) => a.id - b.id);
}

/** Those terminals, and what makes one more of them, brings one to the front or ends it. */
export function useTerminalTabs(active: Session) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const query = sessionsQuery({ live: true, workspace_id: active.workspace.id });
  const { data } = useInfiniteQuery(query);
  const tabs = tabsOf(active, data?.pages.flatMap((page) => page.items) ?? []);
  /** At once: the page knows the session already, and the terminals stay as they are. */
  const open = async (session: Session) => {
    client.setQueryData(sessionOneQuery(session.id).queryKey, (known) => known ?? session);
    const params = { sessionId: String(session.id) };
    await navigate({ to: "/sessions/$sessionId", params, replace: true, resetScroll: false });
  };
  const more = useMutation({
    mutationFn: () => startAgain(active, givenOptions(active.resource.options)),
    onSuccess: async (done) => {
      noteGone(client, done);
      await open(done.session);
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const end = useMutation({
    mutationFn: (session: Session) => stopSession(session.id),
    onSuccess: async (_, session) => {
      const at = tabs.findIndex(({ id }) => id === session.id);
      const next = tabs[at + 1] ?? tabs[at - 1];
      if (session.id === active.id && next) await open(next);
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return { tabs, open, more, end };
}
