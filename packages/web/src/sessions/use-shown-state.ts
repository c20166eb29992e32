import { useQuery } from "@tanstack/react-query";
import { adminSessionQuery } from "../api/admin-sessions.ts";
import { sessionQuery } from "../api/auth.ts";
import type { Session } from "../api/types.ts";
import { shownState } from "./session-time.ts";

/** As people see it; operators see of one that does not come on that it hangs. */
export function useShownState(session: Session): string {
  const { data: known } = useQuery(sessionQuery);
  const isAdmin = known?.account?.is_admin === true;
  const { data: seen } = useQuery({ ...adminSessionQuery(session.id), enabled: isAdmin && session.ended_at === null });
  const hangs = isAdmin && session.ended_at === null && seen != null && seen.hang !== null;
  return hangs ? "hangs" : shownState(session);
}
