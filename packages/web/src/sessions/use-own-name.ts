import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/auth.ts";

/** The user name of whoever reads. */
export function useOwnName(): string | undefined {
  return useQuery(sessionQuery).data?.account?.username;
}
