import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { sessionsQuery } from "../api/sessions.ts";
import { allWords } from "../locales/i18n.ts";
import { useNow } from "../pieces/clock.ts";
import { pressing } from "../sessions/session-time.ts";

const SoonStopped = lazy(async () => {
  const [module] = await Promise.all([import("../sessions/soon-stopped.tsx"), allWords()]);
  return { default: module.SoonStopped };
});

/** On every page: which of my sessions are about to be stopped. A session's own page says it itself. */
export function SessionNotices() {
  const sessions = useInfiniteQuery(sessionsQuery({ live: true }));
  const now = useNow();
  const here = useRouterState({ select: (state) => state.location.pathname });
  const pressed = (sessions.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((session) => pressing(session, now) !== null && !here.endsWith(`/sessions/${session.id}`));
  if (pressed.length === 0) return null;
  return (
    <Suspense>
      {pressed.map((session) => (
        <SoonStopped key={session.id} session={session} elsewhere />
      ))}
    </Suspense>
  );
}
