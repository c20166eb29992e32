import { useQuery } from "@tanstack/react-query";
import { ownStorageQuery } from "../api/own-storage.ts";
import { type Place, places } from "./places.ts";

const withoutStorage = places.filter(({ to }) => to !== "/storage");

/** What the rail leads to for who is signed in: storage only for those who have some. */
export function usePlaces(): readonly Place[] {
  const { data } = useQuery(ownStorageQuery);
  return data && (data.own !== null || data.groups.length > 0) ? places : withoutStorage;
}
