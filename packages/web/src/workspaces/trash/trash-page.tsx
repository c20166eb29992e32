import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { trashQuery } from "../../api/trash.ts";
import type { TrashEntry } from "../../api/types.ts";
import { Empty } from "../../pieces/empty.tsx";
import { LongList } from "../../pieces/long-list.tsx";
import { Page } from "../../pieces/page.tsx";
import { EmptyTrash } from "./empty-trash.tsx";
import { EraseEntries } from "./erase-entries.tsx";
import { TrashFilter } from "./trash-filter.tsx";
import { TrashRoom } from "./trash-room.tsx";
import { TrashRow } from "./trash-row.tsx";
import { TrashSelectionBar } from "./trash-selection-bar.tsx";

const route = getRouteApi("/signed-in/trash");
const keyOf = ({ id }: TrashEntry) => id;

/** What was deleted: put back, or ended for good. */
export function TrashPage() {
  const { t } = useTranslation();
  const { workspace = null } = route.useSearch();
  const navigate = route.useNavigate();
  const trash = useInfiniteQuery(trashQuery(workspace));
  const [chosenIds, choose] = useState<ReadonlySet<number>>(new Set());
  const [erasing, setErasing] = useState<readonly TrashEntry[] | null>(null);
  const [emptying, setEmptying] = useState(false);
  const pages = trash.data?.pages;
  const entries = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const chosen = entries.filter(({ id }) => chosenIds.has(id));
  const show = useCallback(
    (entry: TrashEntry) => (
      <TrashRow
        entry={entry}
        chosen={chosenIds.has(entry.id)}
        onChoose={() => choose((ids) => turned(ids, entry.id))}
        onErase={() => setErasing([entry])}
      />
    ),
    [chosenIds],
  );
  const narrow = (to: number | null) => {
    choose(new Set());
    void navigate({ search: to === null ? {} : { workspace: to }, replace: true, resetScroll: false });
  };
  return (
    <Page
      title={t("trash.title")}
      above={<Link to="/workspaces">{t("workspaces.title")}</Link>}
      action={
        // It takes all of it: not beside a part.
        workspace === null &&
        entries.length > 0 && (
          <Button variant="default" onClick={() => setEmptying(true)}>
            {t("trash.emptyIt")}
          </Button>
        )
      }
    >
      <TrashRoom />
      <TrashFilter workspace={workspace} onChange={narrow} />
      {chosen.length > 0 && (
        <TrashSelectionBar chosen={chosen} onErase={() => setErasing(chosen)} onDone={() => choose(new Set())} />
      )}
      <LongList
        key={workspace}
        label={t("trash.title")}
        query={trash}
        rows={entries}
        keyOf={keyOf}
        rowHeight={62}
        lines
        empty={
          workspace === null ? (
            <Empty title={t("trash.empty")} text={t("trash.emptyText")} />
          ) : (
            <Empty
              text={t("trash.emptyOf")}
              action={
                <Button variant="default" onClick={() => narrow(null)}>
                  {t("trash.showAll")}
                </Button>
              }
            />
          )
        }
      >
        {show}
      </LongList>
      {erasing && <EraseEntries entries={erasing} onDone={() => choose(new Set())} onClose={() => setErasing(null)} />}
      {emptying && <EmptyTrash onClose={() => setEmptying(false)} />}
    </Page>
  );
}

const turned = (ids: ReadonlySet<number>, id: number) =>
  new Set(ids.has(id) ? [...ids].filter((one) => one !== id) : [...ids, id]);
