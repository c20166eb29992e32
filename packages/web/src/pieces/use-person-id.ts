import { useInfiniteQuery } from "@tanstack/react-query";
import { peopleQuery } from "../api/people.ts";

/** Whose user name this is, for lists that are asked by number; `nobody`: nobody's. For administrators. */
export function usePersonId(username: string): { readonly id: number | undefined; readonly nobody: boolean } {
  const people = useInfiniteQuery({ ...peopleQuery(username), enabled: username !== "" });
  const found = people.data?.pages[0]?.items.find((one) => one.username.toLowerCase() === username.toLowerCase());
  return { id: username === "" ? undefined : found?.id, nobody: username !== "" && people.isSuccess && !found };
}
