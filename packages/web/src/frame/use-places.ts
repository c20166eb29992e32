import { useQuery } from "@tanstack/react-query";
import { hubQuery } from "../api/hub.ts";
import { ownStorageQuery } from "../api/own-storage.ts";
import { adminPlaces, type Place, places } from "./places.ts";

/** What the rail leads to for who is signed in: storage only for those who have some, Jupyter where there is a hub. */
export function usePlaces(): readonly Place[] {
  const { data: storage } = useQuery(ownStorageQuery);
  const { data: hub } = useQuery(hubQuery);
  const hasStorage = storage !== undefined && (storage.own !== null || storage.groups.length > 0);
  return places.filter(({ to }) => (to === "/storage" ? hasStorage : to !== "/jupyter" || hub?.configured));
}

/** What it leads administrators to besides. */
export function useAdminPlaces(): readonly Place[] {
  const { data: hub } = useQuery(hubQuery);
  return adminPlaces.filter(({ to }) => to !== "/admin/hub" || hub?.configured);
}
