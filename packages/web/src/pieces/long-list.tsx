import { type ReactNode, useCallback, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import type { Page } from "../api/types.ts";
import classes from "./long-list.module.css";
import { LongRows, type RowsLook } from "./long-rows.tsx";
import { ReasonCard } from "./reason-card.tsx";
import { RowsLoading } from "./rows-loading.tsx";

/** What a list reads of `useInfiniteQuery` over keyset pages. */
export interface LongQuery<Row> {
  readonly data: { readonly pages: readonly Page<Row>[] } | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly isFetching: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly hasNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
  refetch(): Promise<unknown>;
}

interface LongListProps<Row> extends RowsLook<Row> {
  readonly query: LongQuery<Row>;
  /** Instead of all rows of the pages: fewer of them, or with newer ones before them. Memoised. */
  readonly rows?: readonly Row[];
  /** Shown when there are none: what to do next. */
  readonly empty: ReactNode;
}

/**
 * A list of any length over keyset pages, scrolled with the window: only rows near the view are in the document, the
 * next page is fetched before its rows are reached, and coming back leads to the same place. With skeletons, its own
 * error with a retry, an empty state and an end. Arrow keys, Home and End lead from row to row; the row that has the
 * focus stays in the document however far one scrolls.
 *
 *     <LongList label={t("…")} query={useInfiniteQuery(…)} keyOf={keyOf} rowHeight={53} empty={<Empty …/>}>
 *       {showRow}
 *     </LongList>
 *
 * `keyOf` and `showRow` stand outside the component, or in `useCallback`: they are what lets a row stay as it is. A
 * query that events make old is read again page by page: a list of many pages wants `staleTime: "static"`, and what is
 * new put before its rows.
 */
export function LongList<Row>({ query, rows, empty, ...look }: LongListProps<Row>) {
  const { t } = useTranslation();
  const pages = query.data?.pages;
  const all = useMemo(() => rows ?? pages?.flatMap((page) => page.items) ?? [], [rows, pages]);
  const more = useMore(query);
  const failed = shownError(query);
  const none = query.data !== undefined && all.length === 0 && failed === null;
  // Nothing of the pages so far is shown: what is wanted may stand further back.
  useEffect(() => {
    if (none) more?.();
  }, [none, more]);
  return (
    <>
      {all.length > 0 && <LongRows {...look} rows={all} complete={!query.hasNextPage} onNear={more} />}
      {/* There as long as more may come, not as long as it comes: what stands below would jump with every page. */}
      {(query.isPending || query.hasNextPage) && failed === null && (
        <RowsLoading
          rows={query.isPending ? 6 : 3}
          height={Math.max(24, look.rowHeight - 12)}
          silent={!query.isPending && !query.isFetchingNextPage}
        />
      )}
      {failed !== null && (
        <ReasonCard
          error={failed}
          onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
        />
      )}
      {none && !query.hasNextPage && empty}
      {(pages?.length ?? 0) > 1 && !query.hasNextPage && (
        <p className={classes.end}>{t("longList.end", { count: all.length })}</p>
      )}
    </>
  );
}

/** Fetches the next page; null while there is none to fetch, or the last try failed and waits for a click. */
function useMore<Row>({
  hasNextPage,
  isFetching,
  isFetchNextPageError,
  fetchNextPage,
}: LongQuery<Row>): (() => void) | null {
  const ready = hasNextPage && !isFetching && !isFetchNextPageError;
  const fetch = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return ready ? fetch : null;
}
