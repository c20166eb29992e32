import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { SUBJECT_FILTERS, SUBJECT_SORTS, type SubjectsLook } from "../../api/storage.ts";

const route = getRouteApi("/signed-in/admin/admin/storage");
const kinds = ["user", "group"] as const;

export interface LookChange {
  readonly kind?: string | undefined;
  readonly search?: string | undefined;
  readonly only?: string | undefined;
  readonly sort?: string | undefined;
}

/** What of the list the address asks for; anything that it can't be is left out. */
export function useSubjectsLook() {
  const { kind, search, only, sort } = route.useSearch();
  const navigate = route.useNavigate();
  const look = useMemo((): SubjectsLook => {
    const knownKind = kinds.find((one) => one === kind);
    const knownOnly = SUBJECT_FILTERS.find((one) => one === only);
    return {
      ...(search === undefined ? {} : { search: search.slice(0, 200) }),
      ...(knownKind === undefined ? {} : { kind: knownKind }),
      ...(knownOnly === undefined ? {} : { only: knownOnly }),
      sort: SUBJECT_SORTS.find((one) => one === sort) ?? "used",
    };
  }, [kind, search, only, sort]);
  const go = (next: LookChange) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: (before) => {
        const merged = { ...before, ...next };
        return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== ""));
      },
    });
  const narrowed = look.search !== undefined || look.kind !== undefined || look.only !== undefined;
  return { look, narrowed, go };
}
