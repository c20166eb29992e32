import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { trashQuery } from "../../api/trash.ts";
import type { TrashEntry } from "../../api/types.ts";
import { Empty } from "../../pieces/empty.tsx";
import { Page } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { EmptyTrash } from "./empty-trash.tsx";
import { EraseEntries } from "./erase-entries.tsx";
import { TrashRoom } from "./trash-room.tsx";
import { TrashRow } from "./trash-row.tsx";
import { TrashSelectionBar } from "./trash-selection-bar.tsx";

/** What was deleted: put back, or ended for good. */
export function TrashPage() {
  const { t } = useTranslation();
  const trash = useInfiniteQuery(trashQuery);
  const [chosenIds, choose] = useState<ReadonlySet<number>>(new Set());
  const [erasing, setErasing] = useState<readonly TrashEntry[] | null>(null);
  const [emptying, setEmptying] = useState(false);
  const entries = trash.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = entries.filter(({ id }) => chosenIds.has(id));
  const toggle = (id: number) => choose(new Set(chosenIds.has(id) ? without(chosenIds, id) : [...chosenIds, id]));
  return (
    <Page
      title={t("trash.title")}
      above={<Link to="/workspaces">{t("workspaces.title")}</Link>}
      action={
        entries.length > 0 && (
          <Button variant="default" onClick={() => setEmptying(true)}>
            {t("trash.emptyIt")}
          </Button>
        )
      }
    >
      <TrashRoom />
      {trash.isPending && <RowsLoading />}
      {shownError(trash) !== null && <ReasonCard error={trash.error} onRetry={() => void trash.refetch()} />}
      {trash.data && entries.length === 0 && <Empty title={t("trash.empty")} text={t("trash.emptyText")} />}
      {chosen.length > 0 && (
        <TrashSelectionBar chosen={chosen} onErase={() => setErasing(chosen)} onDone={() => choose(new Set())} />
      )}
      <ul className={rows.rows} aria-label={t("trash.title")}>
        {entries.map((entry) => (
          <TrashRow
            key={entry.id}
            entry={entry}
            chosen={chosenIds.has(entry.id)}
            onChoose={() => toggle(entry.id)}
            onErase={() => setErasing([entry])}
          />
        ))}
      </ul>
      {trash.hasNextPage && (
        <Button variant="subtle" loading={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {erasing && <EraseEntries entries={erasing} onDone={() => choose(new Set())} onClose={() => setErasing(null)} />}
      {emptying && <EmptyTrash onClose={() => setEmptying(false)} />}
    </Page>
  );
}

const without = (ids: ReadonlySet<number>, gone: number) => [...ids].filter((id) => id !== gone);
