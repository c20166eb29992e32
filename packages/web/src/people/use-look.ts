import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { PEOPLE_STATES, type PeopleLook, type PeopleSort } from "../api/people.ts";

const route = getRouteApi("/signed-in/admin/people");
const sorts: readonly PeopleSort[] = ["name", "created", "seen"];

export interface LookChange {
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  readonly sort?: string | undefined;
  readonly order?: string | undefined;
  /** The change of many that is shown. */
  readonly change?: string | undefined;
  /** The people of a file who are being added. */
  readonly import?: string | undefined;
}

/** What of the list the address asks for; anything that it can't be is left out. */
export function useLook() {
  const { search, state, sort, order, change, import: importing } = route.useSearch();
  const navigate = route.useNavigate();
  const look = useMemo((): PeopleLook => {
    const knownState = PEOPLE_STATES.find((one) => one === state);
    const knownSort = sorts.find((one) => one === sort) ?? "created";
    // The newest first, who was here last first, but names from their beginning.
    const usual = knownSort === "name" ? "asc" : "desc";
    return {
      ...(search === undefined ? {} : { search: search.slice(0, 200) }),
      ...(knownState === undefined ? {} : { state: knownState }),
      sort: knownSort,
      order: order === "asc" || order === "desc" ? order : usual,
    };
  }, [search, state, sort, order]);
  const go = (next: LookChange) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: (before) => {
        const merged = { ...before, ...next };
        return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== ""));
      },
    });
  return { look, change, importing, go };
}
