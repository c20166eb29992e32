import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { filesQuery } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { useKeptChoice } from "../kept-choice.ts";
import { arrange, type FilesView, firstView, isHidden, readView } from "./arrange-files.ts";

/** Entries of one folder that are fetched: of more, only the first are shown. */
export const mostEntries = 20_000;

/** How folders are shown, in all workspaces. */
export const useFilesView = () => useKeptChoice("stoa.files.view", readView);

/** A folder as it is shown, fetched to its end, so that all of it can be ordered, chosen and walked through. */
export function useFolder<Entry extends FileEntry>(
  folder: ReturnType<typeof filesQuery<Entry>>,
  view: FilesView = firstView,
) {
  const { locale } = useLocale();
  const query = useInfiniteQuery(folder);
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const all = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const more = hasNextPage && all.length < mostEntries;
  useEffect(() => {
    if (more && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [more, isFetching, isFetchNextPageError, fetchNextPage]);
  const entries = useMemo(() => {
    const shown = view.hidden ? all : all.filter((entry) => !isHidden(entry));
    // While pages come in they stay as they came: rows that jump about can't be read.
    return more ? shown : arrange(shown, view, locale);
  }, [all, view, more, locale]);
  return { query, entries, hidden: all.length - entries.length, coming: more, cut: hasNextPage && !more };
}
