import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { searchQuery } from "../../api/files.ts";
import { shownError } from "../../api/query-trouble.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconFile, IconFolder } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { folderOf, shownName } from "./file-path.ts";

interface FileSearchProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly text: string;
  onOpen(): void;
}

/** So many are looked for without being asked for more. */
const enough = 20;

/** Whatever lies below the folder and has the text in its name; each with the folder that it is in. */
export function FileSearch({ workspaceId, folder, text, onOpen }: FileSearchProps) {
  const { t } = useTranslation();
  const found = useInfiniteQuery({ ...searchQuery(workspaceId, folder, text), placeholderData: keepPreviousData });
  const entries = found.data?.pages.flatMap((page) => page.items) ?? [];
  const { hasNextPage, isFetching, fetchNextPage } = found;
  const few = entries.length < enough;
  useEffect(() => {
    // A page ends after a while also when little was found.
    if (few && hasNextPage && !isFetching) void fetchNextPage();
  }, [few, hasNextPage, isFetching, fetchNextPage]);
  const params = { workspaceId: String(workspaceId) };
  return (
    <>
      {(found.isPending || (entries.length === 0 && hasNextPage)) && <RowsLoading rows={4} height={36} />}
      {shownError(found) !== null && <ReasonCard error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && entries.length === 0 && !found.hasNextPage && (
        <Empty title={t("files.notFound")} text={t("files.notFoundText", { text })} />
      )}
      <ul className={rows.rows} aria-label={t("files.found", { text })}>
        {entries.map((entry) => {
          const isFolder = entry.type === "folder";
          const Icon = isFolder ? IconFolder : IconFile;
          const place = folderOf(entry.path);
          const within = place === "" ? {} : { path: place };
          return (
            <li key={entry.path} className={rows.row}>
              <Icon size={20} stroke={1.75} role="img" aria-label={t(`files.${entry.type}`)} className={rows.icon} />
              <div className={rows.main}>
                <Link
                  to="/workspaces/$workspaceId"
                  params={params}
                  search={isFolder ? { path: entry.path } : { ...within, file: entry.path }}
                  className={rows.link}
                  dir="auto"
                  onClick={onOpen}
                >
                  {shownName(entry.name)}
                </Link>
                <span className={rows.under} dir="auto">
                  {place === "" ? t("files.root") : shownName(place)}
                </span>
              </div>
            </li>
          );
        })}
      </ul>
      {found.hasNextPage && (
        <Button variant="subtle" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </>
  );
}
