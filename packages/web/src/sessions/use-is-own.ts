import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/auth.ts";
import type { Session } from "../api/types.ts";

/** Whether a session is the reader's: administrators see others' too, from outside. */
export function useIsOwn(session: Pick<Session, "owner_id">): boolean {
  const { data: known } = useQuery(sessionQuery);
  return known?.account?.id === session.owner_id;
}
