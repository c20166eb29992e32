import type { InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Page } from "../api/types.ts";

type Named = { readonly id: number | string };

/** The rows of a long list that was read once, with its newest as they are now. */
export function useFreshRows<Row extends Named>(
  read: InfiniteData<Page<Row>> | undefined,
  newest: Page<Row> | undefined,
): readonly Row[] {
  const old = useMemo(() => read?.pages.flatMap((page) => page.items) ?? [], [read]);
  return useMemo(() => (newest === undefined ? old : freshRows(old, newest)), [old, newest]);
}

/**
 * What is new stands first, what has changed in its place; what stood among the newest and does so no more has ceased
 * to fit the filter. Both newest first.
 */
export function freshRows<Row extends Named>(old: readonly Row[], newest: Page<Row>): readonly Row[] {
  // These are all that there are.
  if (newest.next_cursor === null) return newest.items;
  const last = newest.items.at(-1)?.id;
  const until = old.findIndex(({ id }) => id === last);
  // So much is new that the two do not meet: nothing is known of what lies between.
  if (until === -1) return newest.items;
  return [...newest.items, ...old.slice(until + 1)];
}
